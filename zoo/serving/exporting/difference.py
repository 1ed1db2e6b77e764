"""How far a model of another precision or format is from the run that it comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.errors import DataError
from zoo.prediction import staged_answer
from zoo.targets.target_output import TargetOutput

Answers = Mapping[str, np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What was measured.

    Args:
        what: is compared with the run in float32, for people.
        records: how many.
        source: what they are.
        largest: by the output's name, the largest absolute difference.
    """

    what: str
    records: int
    source: str
    largest: dict[str, float]

    def __str__(self) -> str:
        numbers = ", ".join(
            f"{name} {value:.2g}" for name, value in self.largest.items()
        )
        return (
            f"{self.what} against the run in float32, largest difference on "
            f"{self.records} {self.source}: {numbers}; all labels agree"
        )


def measure(
    answers: Answers,
    expected: Answers,
    target_outputs: Sequence[TargetOutput],
    *,
    what: str,
    source: str,
) -> Difference:
    """Compares answers with those of the run.

    Args:
        answers, expected: by name, `[N, ...]`, labels as texts or numbers; with a last
            stage what that adds, too.

    Raises:
        DataError: a label is another, a sample is unknown to one alone, a class is in
            a set of one alone, or a number is none.
    """
    largest = {}
    for target_output in target_outputs:
        label = f"label{target_output.suffix}"
        if label in expected:
            _check_equal(
                answers[label], expected[label], "gives other labels", what, source
            )
        largest[target_output.shown_output] = 0.0
    if staged_answer.is_staged(expected):
        unknown = staged_answer.IS_UNKNOWN
        _check_equal(
            answers[unknown], expected[unknown], "knows other samples", what, source
        )
        sets = staged_answer.PREDICTION_SET
        if sets in expected:
            _check_equal(
                answers[sets], expected[sets], "gives other sets", what, source
            )
        largest |= {staged_answer.UNCALIBRATED: 0.0, staged_answer.SCORE: 0.0}
    for name in largest:
        if not np.isfinite(answers[name]).all():
            raise DataError(
                f"in {what} the model gives {name} that are no numbers. Export it in "
                "float32"
            )
        largest[name] = float(np.abs(answers[name] - expected[name]).max())
    return Difference(
        what=what,
        records=len(next(iter(expected.values()))),
        source=source,
        largest=largest,
    )


def _check_equal(
    answered: np.ndarray, expected: np.ndarray, does: str, what: str, source: str
) -> None:
    other = answered != expected
    if other.any():
        raise DataError(
            f"in {what} the model {does} than the run: "
            f"{np.count_nonzero(other)} of {other.size}, on {source}. Export it in "
            "float32, or name the run's data set by --data to compare real records"
        )
