"""The covariates of new studies, for prediction: from a file, or as they were named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines.cohort import keyed_csv
from pipelines.cohort.keyed_csv import KeyedFile
from pipelines.cohort.label_values import covariate_numbers
from pipelines.errors import StudyError, UsageError
from pipelines.tables import table_file
from pipelines.tasks.task import Task


@dataclass(frozen=True, kw_only=True)
class NewCovariates:
    """The rows of a file of covariates.

    Args:
        names: of the covariates that are wanted; the others count as not known.
    """

    file: KeyedFile
    task: Task
    names: tuple[str, ...]

    def find(self, ids: Mapping[str, str]) -> tuple[float, ...]:
        """One number per covariate of the task, NaN = not known.

        Args:
            ids: of the source, by name.

        Raises:
            StudyError: `missing_covariates`, `bad_value` or `unknown_level`.
        """
        wanted = table_file.composed(ids.get(self.file.key, "")).strip()
        row = self.file.rows.get(wanted)
        if row is None:
            spoiled = table_file.spoiled(wanted, self.file.rows)
            raise StudyError(
                code="missing_covariates",
                problem=f"no row of the file of covariates has its {self.file.key}"
                + (" with all of its digits" if spoiled else ""),
                cure=table_file.AS_TEXT
                if spoiled
                else f"Add a row with {', '.join(self.names)}; a cell that is not "
                "known stays empty",
                private=f"{self.file.key} {wanted!r}",
            )
        cells = {name: row[name] for name in self.names}
        where = f"line {self.file.lines[wanted]} of the file of covariates"
        return covariate_numbers(cells, where, self.task)


def read(path: str | Path, task: Task, names: Sequence[str]) -> NewCovariates:
    """Reads a file with a key column, as labels.csv has, and a column for each name.

    Raises:
        DataError: not such a file.
    """
    file = keyed_csv.read(Path(path), task, names)
    return NewCovariates(file=file, task=task, names=tuple(names))


def named(
    cells: Mapping[str, str], task: Task, names: Sequence[str]
) -> tuple[float, ...]:
    """One number per covariate of the task, from cells by name; "" = not known.

    Raises:
        UsageError: a name that is not wanted, or one that is and is not there.
        StudyError: `bad_value` or `unknown_level`.
    """
    if {*cells} != {*names}:
        raise UsageError(
            f"the covariates wanted are {', '.join(names)}; write NAME= where one is "
            f"not known. Received: {', '.join(cells)}"
        )
    return covariate_numbers(cells, "what was named", task)
