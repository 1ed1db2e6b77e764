"""labels.csv: the target, the covariates and the role of every sample."""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pipelines.errors import DataError, StudyError
from pipelines.task import Task

KEYS = ("patient_id", "study_id", "series_id")
_ROLES = ("", "train_only")


@dataclass(frozen=True, kw_only=True)
class Label:
    """What labels.csv says of one sample.

    Args:
        target: class index; or one number per column of the target. Empty where the
            task takes it from the name of the sequence.
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
        wanted = {
            "patient_id": patient_id,
            "study_id": study_id,
            "series_id": series_id,
        }[self.key].strip()
        row = self.rows.get(wanted)
        if row is None and self.task.target.source == "labels":
            split = " (with its part where it was split, as in UID#b=800)"
            raise StudyError(
                code="missing_label",
                problem=f"no row of the label file has its {self.key}",
                cure="Add a row for it"
                + (split if self.key == "series_id" else "")
                + ', or set missing_label = "skip" in the task file',
                private=f"{self.key} {wanted!r}",
            )
        row, line = row or {}, self.lines.get(wanted, 0)
        return Label(
            target=_target(row, line, self.task),
            covariates=tuple(
                _number(row, line, column, empty=math.nan)
                for column in self.task.covariates
            ),
            role=row.get("role", ""),
            site=row.get("site", ""),
        )


def read(path: str | Path, task: Task) -> Labels:
    """Reads a label file and checks it as a whole.

    It is comma-separated UTF-8 with a header: exactly one key column, the target
    column(s) and covariates of the task, and optionally `role` and `site`. Further
    columns are of no account.

    Raises:
        DataError: not such a file, a row twice, or a class of the task in no row.
    """
    path = Path(path)
    header, lines = _cells(path)
    key = _key(path, header, task)
    needed = [] if task.target.source == "sequence" else [*task.target.columns]
    missing = [one for one in (*needed, *task.covariates) if one not in header]
    if missing:
        raise DataError(
            f"{path} lacks the columns {', '.join(missing)} that the task names. "
            f"Received: {', '.join(header)}"
        )
    rows: dict[str, dict[str, str]] = {}
    at: dict[str, int] = {}
    for line, cells in lines:
        row = dict(zip(header, (cell.strip() for cell in cells)))
        if len(cells) != len(header) or not row[key]:
            raise DataError(
                f"{path}, line {line}: expected {len(header)} cells and a {key}. "
                f"Received: {len(cells)} cells"
            )
        if row[key] in rows:
            raise DataError(
                f"{path}, lines {at[row[key]]} and {line} have the same {key}; keep one"
            )
        if row.get("role", "") not in _ROLES:
            raise DataError(
                f"{path}, line {line}: a role is train_only or empty. "
                f"Received: {row['role']!r}"
            )
        rows[row[key]], at[row[key]] = row, line
    _check_classes(path, rows, task)
    return Labels(key=key, task=task, rows=rows, lines=at)


def _cells(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header, and line number and cells of every row that is not blank."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            rows = [(reader.line_num, cells) for cells in reader]
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(
            f"{path} is not comma-separated UTF-8 text ({error}). In a spreadsheet "
            "program, save it as 'CSV UTF-8'"
        ) from error
    rows = [(line, cells) for line, cells in rows if any(map(str.strip, cells))]
    if len(rows) < 2:
        raise DataError(f"{path} has no rows below its header")
    header = [cell.strip() for cell in rows[0][1]]
    if len(header) == 1 and ";" in header[0]:
        raise DataError(
            f"{path} is separated by semicolons. Save it separated by commas, with "
            "points as decimal marks"
        )
    if len(set(header)) < len(header):
        raise DataError(f"{path} has a column twice. Received: {', '.join(header)}")
    return header, rows[1:]


def _key(path: Path, header: list[str], task: Task) -> str:
    keys = [key for key in KEYS if key in header]
    if len(keys) != 1:
        raise DataError(
            f"{path} wants exactly one of the columns {', '.join(KEYS)}. "
            f"Received: {', '.join(keys) or 'none'} among {', '.join(header)}"
        )
    if keys[0] == "series_id" and task.unit != "series":
        raise DataError(
            f"{path} gives labels by series_id, but the task's unit is the "
            f"{task.unit}. Give them by patient_id or study_id"
        )
    return keys[0]


def _check_classes(
    path: Path, rows: Mapping[str, Mapping[str, str]], task: Task
) -> None:
    target = task.target
    if target.source == "sequence" or target.kind not in ("classification", "ordinal"):
        return
    there = {row[target.columns[0]] for row in rows.values()}
    absent = [name for name in target.classes if name not in there]
    if absent:
        others = sorted(there - {*target.classes, ""})
        raise DataError(
            f"{path} has no row of the classes {', '.join(absent)} that the task names "
            f"(column {target.columns[0]})"
            + (f". It has rows of {', '.join(others[:8])}" if others else "")
        )


def _target(row: Mapping[str, str], line: int, task: Task) -> tuple[float, ...]:
    target = task.target
    if target.source == "sequence":
        return ()
    cells = [row[column] for column in target.columns]
    if not all(cells):
        raise StudyError(
            code="missing_label",
            problem=f"its row of the label file (line {line}) has no target",
            cure=f"Fill the columns {', '.join(target.columns)}, or take the row out",
        )
    if target.kind in ("classification", "ordinal"):
        if cells[0] not in target.classes:
            raise StudyError(
                code="unknown_class",
                problem=f"line {line} of the label file names no class of the task",
                cure=f"The classes are {', '.join(target.classes)}",
                private=f"received {cells[0]!r}",
            )
        return (float(target.classes.index(cells[0])),)
    numbers = tuple(_number(row, line, column) for column in target.columns)
    if target.kind == "multilabel" and not {*numbers} <= {0.0, 1.0}:
        raise StudyError(
            code="bad_value",
            problem=f"line {line} of the label file has a target that is not 0 or 1",
            cure=f"Write 0 or 1 in the columns {', '.join(target.columns)}",
            private=f"received {', '.join(cells)}",
        )
    return numbers


def _number(
    row: Mapping[str, str], line: int, column: str, *, empty: float | None = None
) -> float:
    cell = row.get(column, "")
    if not cell and empty is not None:
        return empty
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise StudyError(
            code="bad_value",
            problem=f"line {line} of the label file has no number in {column}",
            cure="Write a number with a decimal point, or leave a covariate empty",
            private=f"received {cell!r}",
        )
    return number
