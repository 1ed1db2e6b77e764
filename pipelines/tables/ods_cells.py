"""Cells of an OpenDocument sheet that went wrong, or hold what others seem to lack."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from pipelines.tables.places import place

_SPACE = "urn:oasis:names:tc:opendocument:xmlns"
_TABLE, _OFFICE, _TEXT = (
    f"{{{_SPACE}:{name}:1.0}}" for name in ("table", "office", "text")
)
_OWN_TYPE = (
    "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
)
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_ERROR = re.compile(r"#(?:N/A|[A-Z0-9/]+[!?])|(?:Err|Fehler|Erreur|错误)\s?:\s?\d+")


def without_value(path: Path, sheet: str) -> list[str]:
    """Places of error values and of formulas that no program has computed.

    LibreOffice writes an error as an empty text, or as the number 0, that is shown as
    `#N/A` or `Err:502`.

    Returns:
        As a person finds them: `B7 (#N/A)`, `C2 (a formula without a value)`.

    Raises:
        KeyError, zipfile.BadZipFile, ElementTree.ParseError: it is no such file.
    """
    found = []
    for row, column, cell in _cells(path, sheet):
        shown = "".join(
            "".join(part.itertext()) for part in cell.iter(f"{_TEXT}p")
        ).strip()
        is_formula = cell.get(f"{_TABLE}formula") is not None
        if cell.get(_OWN_TYPE) == "error" or is_formula and _ERROR.fullmatch(shown):
            found.append(f"{place(row, column)} ({shown or 'an error'})")
        elif is_formula and cell.get(f"{_OFFICE}value-type") is None and not shown:
            found.append(f"{place(row, column)} (a formula without a value)")
    return found


def merged(path: Path, sheet: str) -> list[tuple[int, int, int, int]]:
    """First row and column, last row and column of merged cells, from 0.

    Raises:
        As `without_value`.
    """
    ranges = []
    for row, column, cell in _cells(path, sheet):
        rows = int(cell.get(f"{_TABLE}number-rows-spanned", 1))
        columns = int(cell.get(f"{_TABLE}number-columns-spanned", 1))
        if rows * columns > 1:
            ranges.append((row, column, row + rows - 1, column + columns - 1))
    return ranges


def _cells(path: Path, sheet: str) -> Iterator[tuple[int, int, ElementTree.Element]]:
    """Row and column from 0, and cell; of equal cells in a row the first."""
    with zipfile.ZipFile(path) as file:
        content = ElementTree.fromstring(file.read("content.xml"))
    tables = content.iter(f"{_TABLE}table")
    table = next((one for one in tables if one.get(f"{_TABLE}name") == sheet), None)
    if table is None:
        raise KeyError(sheet)
    row = 0
    for line in table.iter(f"{_TABLE}table-row"):
        column = 0
        for cell in line:
            if cell.tag in _CELLS:
                yield row, column, cell
                column += int(cell.get(f"{_TABLE}number-columns-repeated", 1))
        row += int(line.get(f"{_TABLE}number-rows-repeated", 1))
