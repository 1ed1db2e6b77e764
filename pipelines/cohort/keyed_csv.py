"""A table with one row for each patient, study or series, by exactly one id."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from pipelines.errors import DataError
from pipelines.storage.csv_files import CsvTable
from pipelines.tables import id_titles, table_file
from pipelines.tasks.task import Task

KEYS = ("patient_id", "study_id", "series_id")
_OPTIONAL = ("role", "site")


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
    """Reads a table with a header and exactly one key column.

    Titles may be written in any case, with blanks or hyphens: `Patient ID`; for that of
    the key column see `with_key` too, which a task's `key_column` goes before. For what
    files there may be, see `pipelines.tables.table_file`.

    Args:
        needed: columns that must be there; further ones may be.

    Raises:
        DataError: not such a file, a row twice, or ids that were rounded.
    """
    needed = tuple(needed)
    table = _table(path, needed, task)
    header = table.header
    key = _key(path, header, task)
    missing = [column for column in needed if column not in header]
    if missing:
        raise DataError(
            f"{path} lacks the columns {', '.join(missing)} that the task names"
            f"{''.join(table_file.meant(name, header) for name in missing)}. "
            f"Received: {', '.join(header)}. Title columns of the table so, or name "
            "those that it has in the task file"
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
                + _cure_of_two(key)
            )
        rows[value], lines[value] = cells, row.line
    table_file.check_ids(path, key, tuple(rows))
    return KeyedFile(key=key, rows=rows, lines=lines)


def with_key(table: CsvTable, *, study_key: str, unit: str) -> CsvTable:
    """The table with a usual title of its key column replaced by the key.

    `MRN` is `patient_id`, for instance, see `pipelines.tables.id_titles`. It is where
    no key is there as such, and either it is the only usual title of an id, or the task
    says what rows are of: of series by its unit, of studies by a `study_key` that is
    not the default.

    Args:
        study_key, unit: of the task.
    """
    ids = {"patient_id": "patient_id", "study_id": study_key}
    said = study_key if study_key == "accession_number" else ""
    if unit == "series":
        ids["series_id"] = said = "series_id"
    usual = [name for name in map(id_titles.usual, table.header) if name]
    if len(usual) > 1:
        ids = {key: name for key, name in ids.items() if name == said}
    if any(key in table.header for key in KEYS):
        return table
    return id_titles.with_ids(table, {key: [name] for key, name in ids.items()})


def _cure_of_two(key: str) -> str:
    if key == "patient_id":
        return "keep one, or, if these are two studies, give rows by study_id"
    return "keep one"


def _table(path: Path, needed: Sequence[str], task: Task) -> CsvTable:
    """A table with rows, under columns of different names."""
    written = table_file.read(path)
    named = table_file.with_names(written, (*KEYS, *needed, *_OPTIONAL))
    table = with_key(named, study_key=task.study_key, unit=task.unit)
    for key, title in (task.key_column or {}).items():  # one at most
        place = _place(written.header, title)
        if place is not None:
            table = _keyed_by(named, key, place)
    header = table.header
    for title, key in zip(named.header, header):
        if title != key and key in KEYS:
            print(f"note: {path} has the {key} in the column {title}", file=sys.stderr)
    if not table.rows:
        raise DataError(f"{path} has no rows below its header")
    if len(set(header)) < len(header):
        raise DataError(f"{path} has a column twice. Received: {', '.join(header)}")
    return table


def _place(header: Sequence[str], title: str) -> int | None:
    """Of the one column with a title, in any case."""
    titles = [table_file.plain_title(column) for column in header]
    wanted = table_file.plain_title(title)
    return titles.index(wanted) if titles.count(wanted) == 1 else None


def _keyed_by(table: CsvTable, key: str, place: int) -> CsvTable:
    """The table in which this column alone is called as a key is."""
    others = [
        f"{title} (not the key)" if title in KEYS else title for title in table.header
    ]
    return replace(table, header=(*others[:place], key, *others[place + 1 :]))


def _key(path: Path, header: Sequence[str], task: Task) -> str:
    keys = [key for key in KEYS if key in header]
    stated = (*(task.key_column or {}).values(),)
    if stated and not keys:
        raise DataError(
            f"{path} wants one column {stated[0]}, as key_column of the task says"
            f"{table_file.meant(stated[0], header)}. Received: {', '.join(header)}. "
            "Title the column that says whose row it is so, or patient_id (of a "
            "patient) or study_id (of a study)"
        )
    if len(keys) != 1:
        raise DataError(
            f"{path} wants exactly one of the columns {', '.join(KEYS)}. "
            f"Received: {', '.join(keys) or 'none'} among {', '.join(header)}"
            + ("" if keys else "".join(table_file.meant(k, header) for k in KEYS))
            + ". Title the column that says whose row it is patient_id (of a patient) "
            "or study_id (of a study), and others otherwise; or name its title in the "
            'task file, as in key_column = { patient_id = "PatientID" }'
        )
    if keys[0] == "series_id" and task.unit != "series":
        raise DataError(
            f"{path} has rows by series_id, but the task's unit is the "
            f"{task.unit}. Give them by patient_id or study_id"
        )
    return keys[0]
