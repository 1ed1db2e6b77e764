"""Cells of a binary Excel workbook (`.xlsb`): how far they reach, and error values.

Records are those of [MS-XLSB]: kind and length as numbers of seven bits a byte.
"""

import posixpath
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from pipelines.tables.places import place
from pipelines.tables.xls_cells import ERRORS

_ROW, _ERROR, _FORMULA_ERROR, _SHEET, _TEXTS, _MERGED = 0, 3, 11, 156, 159, 176
_FILLED = (*range(2, 12), 62)  # cells but for blank ones; 62 is text with formats


def without_value(path: Path, number: int) -> list[str]:
    """Places of error values, as a person finds them: `B7 (#N/A)`.

    Args:
        number: of the sheet, from 0.

    Raises:
        KeyError, struct.error, UnicodeDecodeError, zipfile.BadZipFile,
        ElementTree.ParseError: it is no such workbook.
    """
    found, row = [], 0
    for kind, content in _of_sheet(path, number):
        if kind == _ROW:
            (row,) = struct.unpack_from("<I", content)
        elif kind in (_ERROR, _FORMULA_ERROR):
            column, _, code = struct.unpack_from("<IIB", content)
            found.append(f"{place(row, column)} ({ERRORS.get(code, 'an error')})")
    return found


def merged(path: Path, number: int) -> list[tuple[int, int, int, int]]:
    """First row and column, last row and column of merged cells, from 0.

    Raises:
        As `without_value`.
    """
    ranges = (
        struct.unpack_from("<4I", content)
        for kind, content in _of_sheet(path, number)
        if kind == _MERGED
    )
    return [(top, left, bottom, right) for top, bottom, left, right in ranges]


def extent(sheet: bytes) -> tuple[int, int]:
    """Rows and columns to the last cell that is not empty, of a sheet's part.

    Raises:
        struct.error: it is no such part.
    """
    row = last_row = last_column = 0
    for kind, content in _records(sheet):
        if kind == _ROW:
            row = struct.unpack_from("<I", content)[0] + 1
        elif kind in _FILLED:
            last_row = max(last_row, row)
            last_column = max(last_column, struct.unpack_from("<I", content)[0] + 1)
    return last_row, last_column


def stated_texts(texts: bytes) -> int:
    """How many texts there are said to be in the part that holds them.

    Raises:
        struct.error: it is no such part.
    """
    stated = (
        struct.unpack_from("<2I", content)[1]
        for kind, content in _records(texts)
        if kind == _TEXTS
    )
    return next(stated, 0)


def _of_sheet(path: Path, number: int) -> list[tuple[int, bytes]]:
    with zipfile.ZipFile(path) as file:
        relations = ElementTree.fromstring(file.read("xl/_rels/workbook.bin.rels"))
        targets = {one.get("Id"): one.get("Target", "") for one in relations}
        sheets = [
            content
            for kind, content in _records(file.read("xl/workbook.bin"))
            if kind == _SHEET
        ]
        if number >= len(sheets):
            raise KeyError(f"sheet {number + 1}")
        (length,) = struct.unpack_from("<I", sheets[number], 8)
        name = sheets[number][12 : 12 + 2 * length].decode("utf-16-le")
        part = posixpath.normpath(posixpath.join("xl", targets[name]))
        return list(_records(file.read(part.removeprefix("/"))))


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each record."""
    at = 0
    while at < len(content):
        kind, at = _number(content, at, 2)
        length, at = _number(content, at, 4)
        yield kind, content[at : at + length]
        at += length


def _number(content: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of up to `most` bytes, and the place behind it."""
    value = 0
    for shift in range(0, 7 * most, 7):
        if at >= len(content):
            break
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
    return value, at
