"""Cells of an Excel 97 workbook that have no value, though they are not empty.

Records are those of [MS-XLS]; Excel 95 has them alike.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

from pipelines.tables import compound_file
from pipelines.tables.places import place

_SHEET, _END, _BEGIN = 0x0085, 0x000A, 0x0809
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
    content = path.read_bytes()
    if not content.startswith(compound_file.MARK):
        return  # another program's file: the library says what is wrong
    book = compound_file.stream(content, "Workbook", "Book")
    at = 0
    while at + 8 <= len(book):
        kind, length, _, column = struct.unpack_from("<4H", book, at)
        if kind in _CELLS and length >= 4 and column >= _COLUMNS:
            raise ValueError(f"it is damaged: a cell in column {column + 1}")
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
