"""labels.csv: the target, the covariates and the role of every sample."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pipelines.cohort import keyed_csv
from pipelines.cohort.label_values import covariate_numbers, target_numbers
from pipelines.errors import DataError, StudyError
from pipelines.tables import table_file
from pipelines.tasks.target import Target
from pipelines.tasks.task import Task

_ROLES = ("", "train_only")


@dataclass(frozen=True, kw_only=True)
class Label:
    """What labels.csv says of one sample.

    Args:
        target: of every target that is not the name of the sequence, its class index,
            or one number per column; NaN = not known.
        covariates: one number per covariate of the task; NaN = not known.
        role: `"train_only"` or "".
        site: as the file words it (private); "" = take it from the header.
    """

    target: tuple[float, ...] = ()
    covariates: tuple[float, ...] = ()
    role: str = ""
    site: str = ""


@dataclass(frozen=True, kw_only=True)
class Labels:
    """The rows of a label file.

    Args:
        key: the column that says whose row it is.
        rows: by the value of that column: the cells by column.
        lines: likewise, the line of the file.
    """

    key: Literal["patient_id", "study_id", "series_id"]
    task: Task = field(repr=False)
    rows: Mapping[str, Mapping[str, str]] = field(repr=False)
    lines: Mapping[str, int] = field(repr=False)

    def find(self, *, patient_id: str, study_id: str, series_id: str) -> Label:
        """The label of a sample, by whichever of its ids is the key of the file.

        Raises:
            StudyError: `missing_label`, `unknown_class` or `bad_value`.
        """
        wanted = self._own_id(patient_id, study_id, series_id)
        row = self.rows.get(wanted)
        if row is None and self.task.target.source == "labels":
            split = " (with its part where it was split, as in UID#b=800)"
            raise StudyError(
                code="missing_label",
                problem=f"no row of the label file has its {self.key}",
                cure="Add a row for it"
                + (split if self.key == "series_id" else "")
                + ', or set missing_label = "skip" or "keep" in the task file',
                private=f"{self.key} {wanted!r}",
            )
        target = target_numbers(row or {}, self.lines.get(wanted, 0), self.task)
        return self._label(wanted, target)

    def without_target(
        self, *, patient_id: str, study_id: str, series_id: str
    ) -> Label:
        """What there is to know of a sample whose main target is not known.

        Nothing of any target; covariates, role and site where the file has a row.

        Raises:
            StudyError: `bad_value` or `unknown_level`, of a covariate.
        """
        wanted = self._own_id(patient_id, study_id, series_id)
        return self._label(wanted, (math.nan,) * self.task.target_size)

    def _own_id(self, patient_id: str, study_id: str, series_id: str) -> str:
        ids = {"patient_id": patient_id, "study_id": study_id, "series_id": series_id}
        return table_file.composed(ids[self.key]).strip()

    def _label(self, wanted: str, target: tuple[float, ...]) -> Label:
        row, line = self.rows.get(wanted, {}), self.lines.get(wanted, 0)
        where = f"line {line} of the label file"
        return Label(
            target=target,
            covariates=covariate_numbers(row, where, self.task),
            role=row.get("role", ""),
            site=row.get("site", ""),
        )


def read(path: str | Path, task: Task) -> Labels:
    """Reads a label file and checks it as a whole.

    It is a table with a header (see `keyed_csv.read`): exactly one key column, the
    target column(s) and covariates of the task, and optionally `role` and `site`.
    Further columns are of no account.

    Raises:
        DataError: not such a file, a row twice, or a class of the task in no row
            (unless everybody trains).
    """
    path = Path(path)
    file = keyed_csv.read(path, task, (*task.label_columns, *task.covariates))
    for name, row in file.rows.items():
        if row.get("role", "") not in _ROLES:
            raise DataError(
                f"{path}, line {file.lines[name]}: a role is train_only or empty. "
                f"Received: {row['role']!r}"
            )
    if not task.split.everybody_trains:  # with few patients, to try something
        _check_classes(path, file.rows, task)
    return Labels(key=file.key, task=task, rows=file.rows, lines=file.lines)


def _check_classes(
    path: Path, rows: Mapping[str, Mapping[str, str]], task: Task
) -> None:
    for target in task.targets:
        if target.source == "labels" and target.is_single_label:
            _check_classes_of(target, path, rows)


def _check_classes_of(
    target: Target, path: Path, rows: Mapping[str, Mapping[str, str]]
) -> None:
    there = {row[target.columns[0]] for row in rows.values()}
    classes = map(table_file.composed, target.classes)
    absent = [name for name in classes if name not in there]
    if absent:
        others = sorted(there - {*target.classes, ""})
        raise DataError(
            f"{path} has no row of the classes {', '.join(absent)} that the task names "
            f"(column {target.columns[0]})"
            + (f". It has rows of {', '.join(others[:8])}" if others else "")
        )
