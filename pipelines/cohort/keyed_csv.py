"""A CSV file with one row for each patient, study or series, by exactly one id."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pipelines.errors import DataError
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
    header, lines = _cells(path)
    key = _key(path, header, task)
    missing = [one for one in needed if one not in header]
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
        rows[row[key]], at[row[key]] = row, line
    return KeyedFile(key=key, rows=rows, lines=at)


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
            f"{path} has rows by series_id, but the task's unit is the "
            f"{task.unit}. Give them by patient_id or study_id"
        )
    return keys[0]
