"""A CSV file with one row for each patient, study or series, by exactly one id."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pipelines.errors import DataError
from pipelines.storage import csv_files
from pipelines.storage.csv_files import CsvTable
from pipelines.tasks.task import Task

KEYS = ("patient_id", "study_id", "series_id")


@dataclass(frozen=True, kw_only=True)
class KeyedFile:
    """The rows of such a file.

    Args:
        key: the column that says whose row it is.
        rows: by the value of that column: the cells by column.
        lines: likewise, the line of the file.
    """

    key: Literal["patient_id", "study_id", "series_id"]
    rows: Mapping[str, Mapping[str, str]] = field(repr=False)
    lines: Mapping[str, int] = field(repr=False)


def read(path: Path, task: Task, needed: Iterable[str]) -> KeyedFile:
    """Reads comma-separated UTF-8 with a header and exactly one key column.

    Args:
        needed: columns that must be there; further ones may be.

    Raises:
        DataError: not such a file, or a row twice.
    """
    table = _table(path)
    header = table.header
    key = _key(path, header, task)
    missing = [column for column in needed if column not in header]
    if missing:
        raise DataError(
            f"{path} lacks the columns {', '.join(missing)} that the task names. "
            f"Received: {', '.join(header)}"
        )
    rows: dict[str, dict[str, str]] = {}
    lines: dict[str, int] = {}
    for row in table.rows:
        cells = dict(zip(header, row.cells))
        if len(row.cells) != len(header) or not cells[key]:
            raise DataError(
                f"{path}, line {row.line}: expected {len(header)} cells and a {key}. "
                f"Received: {len(row.cells)} cells"
            )
        value = cells[key]
        if value in rows:
            raise DataError(
                f"{path}, lines {lines[value]} and {row.line} have the same {key}; "
                "keep one"
            )
        rows[value], lines[value] = cells, row.line
    return KeyedFile(key=key, rows=rows, lines=lines)


def _table(path: Path) -> CsvTable:
    """A table with rows, under columns of different names."""
    table = csv_files.read(path).stripped()
    header = table.header
    if not table.rows:
        raise DataError(f"{path} has no rows below its header")
    if len(header) == 1 and ";" in header[0]:
        raise DataError(
            f"{path} is separated by semicolons. Save it separated by commas, with "
            "points as decimal marks"
        )
    if len(set(header)) < len(header):
        raise DataError(f"{path} has a column twice. Received: {', '.join(header)}")
    return table


def _key(path: Path, header: Sequence[str], task: Task) -> str:
    keys = [key for key in KEYS if key in header]
    if len(keys) != 1:
        raise DataError(
            f"{path} wants exactly one of the columns {', '.join(KEYS)}. "
            f"Received: {', '.join(keys) or 'none'} among {', '.join(header)}"
        )
    if keys[0] == "series_id" and task.unit != "series":
        raise DataError(
            f"{path} has rows by series_id, but the task's unit is the "
            f"{task.unit}. Give them by patient_id or study_id"
        )
    return keys[0]
