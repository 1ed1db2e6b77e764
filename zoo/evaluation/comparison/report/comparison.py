"""A whole comparison: which sources, on which patients, and its rows."""

from dataclasses import dataclass

from zoo.evaluation.comparison.report import rows as all_rows
from zoo.evaluation.comparison.report.row import Question, Row
from zoo.evaluation.comparison.report.same_patients import SamePatients
from zoo.evaluation.results.metric_text import title
from zoo.evaluation.tables.by_kind import TABLES


@dataclass(frozen=True, kw_only=True, eq=False)
class Comparison:
    """Several sources on the same patients.

    Args:
        same: what is compared.
        question: and how.
        rows: each figure of each pair.
    """

    same: SamePatients
    question: Question
    rows: tuple[Row, ...]

    @property
    def patients(self) -> int:
        """That all sources have."""
        return len(set(self.same.sources[0].predictions.patient_id))

    @property
    def samples(self) -> int:
        """That are compared; by patient, as many as patients."""
        return len(self.same.sources[0].predictions)

    @property
    def tests(self) -> int:
        """How many p of patients Holm's adjustment allows for."""
        return sum(r.inference.p is not None for r in self.rows if not r.folds)

    @property
    def confidence(self) -> float:
        """Of all intervals."""
        return self.question.settings.confidence

    def show(self, value: float) -> str:
        """A number of the target's kind."""
        return TABLES[self.same.sources[0].predictions.kind.name].show(value)


def of(same: SamePatients, question: Question) -> Comparison:
    """Compares; see `rows.of`."""
    return Comparison(
        same=same, question=question, rows=tuple(all_rows.of(same, question))
    )


def figure_title(name: str) -> str:
    """The figure in words, `sensitivity:ill` as `sensitivity of ill`."""
    word, mark, of_name = name.partition(":")
    return f"{title(word)} of {of_name}" if mark else title(word)
