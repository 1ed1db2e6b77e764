"""How far the cells of a sheet reach, before anything makes room for all of them.

`python_calamine` takes memory for the whole rectangle from the first cell to the last:
one cell typed by mistake at the end of a sheet is worth 400 GB, and ends the process.
In `.xls` it makes room for what the file states. And a few kilobytes may be packed of
any number of bytes.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from pipelines.errors import DataError
from pipelines.tables import xls_cells, xlsb_cells

_MOST_CELLS = 2**24
_MOST_BYTES = 2**29  # unpacked: 32 for each of that many cells
_SHEET = re.compile(r"xl/(?:work|chart|dialog)sheets/[^/]+\.xml")
_BINARY_SHEET = re.compile(r"xl/(?:work|chart|dialog)sheets/[^/]+\.bin")
_PLACE = re.compile(r"([A-Z]{1,3})(\d+)")
_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_TABLE, _OFFICE = f"{{{_ODF}:table:1.0}}", f"{{{_ODF}:office:1.0}}"
# ISO 26300, 19.385; cells of any other type would be read as empty.
_KINDS = (
    *(None, "string", "float", "percentage", "currency", "date", "time", "boolean"),
    "void",
)
_DAMAGES = (
    *(KeyError, ValueError, EOFError, OSError, NotImplementedError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, ElementTree.ParseError),
)
Extent = tuple[int, int]  # rows and columns to the last cell that is not empty


def check(path: Path) -> None:
    """Raises a DataError for a sheet that is too large, or a file that is damaged.

    Files that are no spreadsheet are left to their reader.
    """
    try:
        if path.suffix.lower() == ".xls":
            for rows, columns in xls_cells.extents(path):
                _check_size(path, rows, columns)
        if not zipfile.is_zipfile(path):
            return
        with zipfile.ZipFile(path) as file:
            if path.suffix.lower() in (".xlsx", ".xlsm"):
                ElementTree.fromstring(file.read("xl/workbook.xml"))
            for rows, columns in _extents(file):
                _check_size(path, rows, columns)
    except _DAMAGES as error:
        raise DataError(
            f"{path} can't be read as a spreadsheet ({error}). Save it anew as .xlsx, "
            "or as CSV UTF-8"
        ) from error


def check_unpacked(path: Path, file: zipfile.ZipFile) -> None:
    """Raises a DataError for more bytes than any table has, before they are read."""
    unpacked = sum(part.file_size for part in file.infolist())
    if unpacked > _MOST_BYTES:
        raise DataError(
            f"{path} is {unpacked >> 20} MB unpacked, too much for a table. Delete "
            "what is no table, such as pictures, and save the file anew"
        )


def _check_size(path: Path, rows: int, columns: int) -> None:
    if rows * columns > _MOST_CELLS:
        raise DataError(
            f"{path} has cells as far as row {rows} and column {columns}, too many for "
            "a table. Delete what stands apart from the table, and save the file anew"
        )


def _extents(file: zipfile.ZipFile) -> Iterator[Extent]:
    """Of each sheet."""
    for name in file.namelist():
        with file.open(name) as part:
            if _SHEET.fullmatch(name):
                yield _of_excel(ElementTree.iterparse(part, ("start", "end")))
            elif name == "content.xml":
                yield from _of_tables(ElementTree.iterparse(part))
            elif name == "xl/sharedStrings.xml":
                yield _of_texts(ElementTree.iterparse(part))
            elif _BINARY_SHEET.fullmatch(name):
                yield xlsb_cells.extent(part.read())
            elif name == "xl/sharedStrings.bin":
                yield xlsb_cells.stated_texts(part.read()), 1


def _of_excel(events: Iterator[tuple[str, ElementTree.Element]]) -> Extent:
    """Cells stand in order, each once; one without a place behind the one before.

    (ISO 29500-1, 18.3.1.4 and 18.3.1.73.)
    """
    row = last_row = last_column = 0
    before = (0, 0)
    for event, element in events:
        kind = element.tag.rpartition("}")[2]
        if kind == "row" and event == "start":
            row = int(element.get("r") or row + 1)
            before = max(before, (row, 0))
        elif kind == "row":
            element.clear()
        elif kind == "c" and event == "start":
            place = _placed(element.get("r"), before)
            if place <= before:
                raise ValueError(f"cell {place} stands behind cell {before}")
            before = place
        elif kind == "c" and len(element):
            _check_value(element)
            last_row, last_column = before[0], max(last_column, before[1])
    return last_row, last_column


def _placed(place: str | None, before: Extent) -> Extent:
    """Row and column of a cell, from 1."""
    if place is None:
        return before[0], before[1] + 1
    match = _PLACE.fullmatch(place)
    if match is None:
        raise ValueError(f"a cell stands at {place!r}")
    column = 0
    for letter in match[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(match[2]), column


def _of_texts(events: Iterator[tuple[str, ElementTree.Element]]) -> Extent:
    """Room is made for as many as there are stated to be."""
    stated = 0
    for _, element in events:
        stated = int(element.get("uniqueCount", 0))
        element.clear()
    return stated, 1


def _check_value(cell: ElementTree.Element) -> None:
    """What is no number would pass for the first text, or for text."""
    value = next((child.text for child in cell if child.tag.endswith("}v")), None)
    kind = cell.get("t", "n")
    if value and kind == "n":
        float(value)
    if kind == "s" and not (value and value.strip().isdecimal()):
        raise ValueError(f"a cell holds text number {value}")


def _of_tables(events: Iterator[tuple[str, ElementTree.Element]]) -> Iterator[Extent]:
    row = last_row = last_column = 0
    for _, element in events:
        if element.tag == f"{_TABLE}table-row":
            row += _times(element, "rows")
            columns = _columns(element)
            if columns:
                last_row, last_column = row, max(last_column, columns)
            element.clear()
        elif element.tag == f"{_TABLE}table":
            yield last_row, last_column
            row = last_row = last_column = 0


def _columns(row: ElementTree.Element) -> int:
    """To the last cell that is not empty."""
    column = last = 0
    for cell in row:
        column += _times(cell, "columns")
        kind = cell.get(f"{_OFFICE}value-type")
        if kind not in _KINDS:
            raise ValueError(f"a cell is of type {kind!r}")
        if kind or len(cell):
            last = column
    return last


def _times(element: ElementTree.Element, of: str) -> int:
    times = int(element.get(f"{_TABLE}number-{of}-repeated", 1))
    if times < 1:
        raise ValueError(f"{of} are repeated {times} times")
    return times
