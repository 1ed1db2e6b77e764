"""manifest.csv: one row for each record, with nothing in it that names a patient."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields

from pipelines.errors import DataError
from pipelines.pseudonyms import with_letter
from pipelines.storage import csv_files
from pipelines.storage.csv_files import CsvRow
from pipelines.tasks.task import Task

_LISTS = ("target", "covariates", "clipped", "channel_hashes")
_WHERE_USED = (
    "warnings",
    "channel_hashes",
)  # columns that came later, for rows that need them
_IDS = ("sample_id", "study_id", "patient_id", "fold", "site")


@dataclass(frozen=True, kw_only=True)
class Row:
    """What the manifest says of one record. Ids are pseudonyms.

    Args:
        split, fold: as dealt; fold is "" where the split has none.
        role: `"train_only"` or "".
        target: as in the record (a class as its index, NaN where one is not known);
            empty = nothing is known.
        covariates: one for each of the task's; NaN = not known.
        shard, position: file, and place in it from 0.
        checksum: SHA-256 of the record, 64 hex digits.
        volume_hash: see `pipelines.records.volume_hash`.
        clipped: per channel, voxels clipped by the quantisation.
        vendor, field_strength_t, site, sex, age_band: see
            `pipelines.readers.facts.Facts`.
        warnings: what whoever uses the record should know, in words of ours; the file
            has the column only where a row has one.
        channel_hashes: per channel, see `pipelines.records.volume_hash`; empty in data
            sets of before.
    """

    sample_id: str
    study_id: str
    patient_id: str
    split: str
    fold: str = ""
    role: str = ""
    target: tuple[float, ...] = ()
    covariates: tuple[float, ...] = ()
    shard: str
    position: int
    checksum: str
    volume_hash: str
    clipped: tuple[int, ...]
    vendor: str = ""
    field_strength_t: float | None = None
    site: str = ""
    sex: str = ""
    age_band: str = ""
    warnings: str = ""
    channel_hashes: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """Name of the group of shards: the split, with its fold where it has one."""
        return f"{self.split}-{self.fold}" if self.fold else self.split


def to_csv(rows: Iterable[Row], task: Task) -> str:
    """The text of manifest.csv; `target:`, `covariate:`, `clipped:` columns by name."""
    rows = list(rows)
    names = [
        name
        for name in _names()
        if name not in _WHERE_USED or any(getattr(row, name) for row in rows)
    ]
    return csv_files.to_text(
        _header(names, task),
        ([cell for name in names for cell in _cells(row, name, task)] for row in rows),
    )


def from_csv(text: str, task: Task) -> tuple[Row, ...]:
    """The rows of manifest.csv; ids of format 1 as they are written today.

    Raises:
        DataError: no CSV, other columns than the task's manifest has, or a cell that
            does not hold what its column should.
    """
    table = csv_files.parse(text, name="manifest.csv")
    names = [
        name
        for name in _names()
        if name not in _WHERE_USED or {*_columns(name, task)} <= {*table.header}
    ]
    wanted = _header(names, task)
    if table.header != wanted:
        raise DataError(
            f"manifest.csv should have the columns {', '.join(wanted)}. Copy the data "
            "set again, or ingest again. "
            f"Received: {', '.join(table.header) or 'nothing'}"
        )
    return tuple(_row(row, names, task) for row in table.rows)


def _names() -> list[str]:
    return [field.name for field in fields(Row)]


def _columns(name: str, task: Task) -> list[str]:
    """The CSV columns of one field of a row."""
    if name == "target":
        return [f"target:{column}" for column in task.target_columns]
    if name == "covariates":
        return [f"covariate:{column}" for column in task.covariates]
    if name == "clipped":
        return [f"clipped:{channel}" for channel in task.channels]
    if name == "channel_hashes":
        return [f"hash:{channel}" for channel in task.channels]
    return [name]


def _header(names: Iterable[str], task: Task) -> tuple[str, ...]:
    return tuple(column for name in names for column in _columns(name, task))


def _cells(row: Row, name: str, task: Task) -> list[str]:
    value = getattr(row, name)
    if name not in _LISTS:
        return [_cell(value)]
    width = len(_columns(name, task))
    if name in ("target", "channel_hashes") and not value:
        return [""] * width
    if len(value) != width:
        raise ValueError(
            f"{name} of a row has one number for each of {_columns(name, task)}. "
            f"Received: {value}"
        )
    return [_cell(number) for number in value]


def _cell(value: str | float | None) -> str:
    if value is None or isinstance(value, float) and math.isnan(value):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _row(row: CsvRow, names: Iterable[str], task: Task) -> Row:
    try:
        named = dict(zip(_header(names, task), row.cells, strict=True))
        values = {}
        for name in names:
            texts = [named[column] for column in _columns(name, task)]
            values[name] = _value(name, texts)
        return Row(**values)
    except ValueError as error:
        raise DataError(
            f"manifest.csv, line {row.line}, does not read ({error}). Copy the data "
            "set again, or ingest again"
        ) from error


def _value(name: str, texts: list[str]) -> object:
    if name == "target" and not any(texts):
        return ()
    if name == "channel_hashes":
        return tuple(texts)
    if name == "clipped":
        return tuple(int(text) for text in texts)
    if name in _LISTS:
        return tuple(float(text) if text else math.nan for text in texts)
    if name == "position":
        return int(texts[0])
    if name == "field_strength_t":
        return float(texts[0]) if texts[0] else None
    if name in _IDS:
        return with_letter(texts[0])
    return texts[0]
