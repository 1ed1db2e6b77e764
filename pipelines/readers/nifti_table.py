"""`volumes.csv`: which file holds which sequence of which study."""

import os
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import DataError
from pipelines.readers.nifti_sidecars import named_b_value
from pipelines.tables import id_titles, table_file

_REQUIRED = ("patient_id", "study_id", "sequence", "path")
_OPTIONAL = ("mask", "frame")
_IDS = {"patient_id": ("patient_id",), "study_id": ("study_uid", "accession_number")}


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """One volume. Ids are the source's: private.

    Args:
        path: of the image; absolute, or relative to where the command runs.
        frame: of a 4-D file, from 0; none for a 3-D file.
        b_value: in the place of a frame, in s/mm2: the frames that have it.
        mask: path of the study's region of interest, if it has one.
        line: of the table, for messages.
    """

    patient_id: str
    study_id: str
    sequence: str
    path: str
    frame: int | None = None
    b_value: float | None = None
    mask: str | None = None
    line: int


def read_table(path: str | os.PathLike) -> tuple[TableRow, ...]:
    """Reads the table; relative paths in it are relative to the table's folder.

    The files themselves are not looked for: a missing one is its study's fault and
    shows when the study is read.

    Raises:
        DataError: the table does not exist, is none, lacks a column, has an
            unknown one, an empty or surplus cell or no row; a frame is no number from
            0 and no b-value; a study has two rows of one sequence, two patients or two
            masks; a file has two patients.
    """
    path = Path(path)
    lines = _cells(path)
    rows = tuple(_row(path, line, cells) for line, cells in lines)
    if not rows:
        raise DataError(f"{path} has no rows: write one for each volume")
    for column in ("patient_id", "study_id"):
        table_file.check_ids(path, column, [cells[column] for _, cells in lines])
    _check_studies(path, rows)
    return rows


def _cells(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Line number and stripped cells by column name, blank lines left out."""
    table = table_file.read(path, as_written=True, with_points=False)
    table = table_file.with_names(table, (*_REQUIRED, *_OPTIONAL))
    table = id_titles.with_ids(table, _IDS)
    _check_columns(path, table.header)
    for row in table.rows:
        if len(row.cells) != len(table.header):
            raise DataError(
                f"{path}, line {row.line}: {len(table.header)} cells wanted, one for "
                f"each column. Received: {len(row.cells)}"
            )
    return [(row.line, dict(zip(table.header, row.cells))) for row in table.rows]


def _check_columns(path: Path, names: tuple[str, ...]) -> None:
    missing = [name for name in _REQUIRED if name not in names]
    if missing:
        raise DataError(
            f"{path} lacks the columns {', '.join(missing)}, separated by commas"
            f"{''.join(table_file.meant(name, names) for name in missing)}. "
            f"Received: {', '.join(names) or 'an empty file'}"
        )
    known = (*_REQUIRED, *_OPTIONAL)
    wrong = sorted({n for n in names if n not in known or names.count(n) > 1})
    if wrong:
        raise DataError(
            f"{path}: columns may be {', '.join(known)}, each once. "
            f"Received: {', '.join(repr(name) for name in wrong)}"
            + "".join(table_file.meant(name, known) for name in wrong)
        )


def _row(path: Path, line: int, cells: dict[str, str]) -> TableRow:
    empty = [name for name in _REQUIRED if not cells[name]]
    if empty:
        raise DataError(f"{path}, line {line}: {', '.join(empty)} must not be empty")
    frame = cells.get("frame", "")
    b_value = named_b_value(frame)
    if frame and b_value is None and not (frame.isascii() and frame.isdigit()):
        raise DataError(
            f"{path}, line {line}: frame is a number from 0, a b-value such as b=800, "
            f"or empty. Received: {frame!r}"
        )
    mask = cells.get("mask", "")
    return TableRow(
        patient_id=cells["patient_id"],
        study_id=cells["study_id"],
        sequence=cells["sequence"],
        path=str(path.parent / cells["path"]),
        frame=int(frame) if frame and b_value is None else None,
        b_value=b_value,
        mask=str(path.parent / mask) if mask else None,
        line=line,
    )


def _check_studies(path: Path, rows: tuple[TableRow, ...]) -> None:
    sequences: dict[tuple[str, str], int] = {}
    patients: dict[str, TableRow] = {}
    masks: dict[str, TableRow] = {}
    files: dict[str, TableRow] = {}
    for row in rows:
        named = files.setdefault(os.path.realpath(row.path), row)
        if named.patient_id != row.patient_id:
            raise DataError(
                f"{path}, lines {named.line} and {row.line}: one file for two "
                f"patients, {named.patient_id} and {row.patient_id}. A file shows one "
                f"patient. Received: {row.path}"
            )
        first = sequences.setdefault((row.study_id, row.sequence), row.line)
        if first != row.line:
            raise DataError(
                f"{path}, lines {first} and {row.line}: study {row.study_id} has "
                f"sequence {row.sequence!r} twice. Keep one row"
            )
        owner = patients.setdefault(row.study_id, row)
        if owner.patient_id != row.patient_id:
            raise DataError(
                f"{path}, lines {owner.line} and {row.line}: study {row.study_id} "
                "belongs to two patients. Give each study one patient_id"
            )
        if row.mask is not None:
            named = masks.setdefault(row.study_id, row)
            if named.mask != row.mask:
                raise DataError(
                    f"{path}, lines {named.line} and {row.line}: study "
                    f"{row.study_id} has two masks. A study has one region of interest"
                )
