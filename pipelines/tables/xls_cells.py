"""Cells of an Excel 97 workbook: how far they reach, and which have no value.

Records are those of [MS-XLS]; Excel 95 has them alike.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

from pipelines.tables import compound_file
from pipelines.tables.places import place

_SHEET, _END, _BEGIN, _DIMENSIONS = 0x0085, 0x000A, 0x0809, 0x0200
_FORMULA, _STRING, _TRUTH_OR_ERROR = 0x0006, 0x0207, 0x0205
_CELLS = (
    0x0006,
    0x00BD,
    0x00BE,
    0x00D6,
    0x00FD,
    0x0201,
    0x0203,
    0x0204,
    0x0205,
    0x027E,
)
_COLUMNS = 256
_BETWEEN = (0x04BC, 0x0221, 0x0236)  # what may stand between a formula and its text
_TEXT, _ERROR = 0, 2  # what a formula gave that is no number
ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


def without_value(path: Path, number: int) -> list[str]:
    """Places of error values and of formulas that no program has computed.

    Args:
        number: of the sheet, from 0.

    Returns:
        As a person finds them: `B7 (#N/A)`, `C2 (a formula without a value)`.

    Raises:
        KeyError, ValueError: it is no such workbook.
    """
    book = compound_file.stream(path.read_bytes(), "Workbook", "Book")
    starts = [
        struct.unpack_from("<I", content)[0]
        for kind, content in _records(book, 0)
        if kind == _SHEET
    ]
    if number >= len(starts):
        raise KeyError(f"sheet {number + 1}")
    found = []
    waiting = None
    for kind, content in _records(book, starts[number]):
        if waiting and kind not in _BETWEEN:
            if kind != _STRING:
                found.append(f"{waiting} (a formula without a value)")
            waiting = None
        if kind == _TRUTH_OR_ERROR and content[7]:
            found.append(_error(content, content[6]))
        elif kind == _FORMULA and content[12:14] == b"\xff\xff":
            if content[6] == _ERROR:
                found.append(_error(content, content[8]))
            elif content[6] == _TEXT:
                waiting = place(*struct.unpack_from("<2H", content))
    return found


def check_columns(path: Path) -> None:
    """Raises a ValueError where a cell lies beyond the columns that Excel 97 has."""
    for kind, content in _all_records(path):
        if kind in _CELLS and len(content) >= 4:
            (column,) = struct.unpack_from("<2x H", content)
            if column >= _COLUMNS:
                raise ValueError(f"it is damaged: a cell in column {column + 1}")


def extents(path: Path) -> Iterator[tuple[int, int]]:
    """Of each sheet the rows and columns that it states to have.

    Raises:
        KeyError, ValueError: it is no such workbook.
    """
    for kind, content in _all_records(path):
        if kind == _DIMENSIONS and len(content) in (10, 14):
            rows = "<4x I 2x H" if len(content) == 14 else "<2x H 2x H"  # Excel 95
            yield struct.unpack_from(rows, content)


def _all_records(path: Path) -> Iterator[tuple[int, bytes]]:
    """Kind and content of all records; none of another program's file."""
    content = path.read_bytes()
    if not content.startswith(compound_file.MARK):
        return  # the library says what is wrong
    book = compound_file.stream(content, "Workbook", "Book")
    at = 0
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<2H", book, at)
        yield kind, book[at + 4 : at + 4 + length]
        at += 4 + length


def _error(content: bytes, code: int) -> str:
    where = place(*struct.unpack_from("<2H", content))
    return f"{where} ({ERRORS.get(code, 'an error')})"


def _records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Kind and content of the records of one substream, its end among them."""
    depth = 0
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<2H", book, at)
        yield kind, book[at + 4 : at + 4 + length].ljust(14, b"\0")
        depth += (kind == _BEGIN) - (kind == _END)  # charts are streams within
        if depth <= 0:
            return
        at += 4 + length
