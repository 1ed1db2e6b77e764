"""Sheets of Excel and LibreOffice as cells of text."""

import datetime
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import python_calamine

from pipelines.errors import DataError
from pipelines.tables import extents, xlsx_cells

_SHOWN = 5  # cells that a message names
SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


def rows(path: Path, sheet: str = "") -> list[tuple[int, list[str]]]:
    """The number of each row, from 1, and its cells as a person would type them.

    A whole number has no decimal point, a date is `2026-11-26`, a truth value `true` or
    `false`; of a formula it is the value that the program computed last.

    Args:
        sheet: its name; "" = the only one that has cells.

    Raises:
        DataError: it is no such file, is locked by a password, lacks the sheet, several
            sheets have cells and none was named, or (Excel) cells have no value though
            they are not empty.
    """
    extents.check(path)
    try:
        with python_calamine.CalamineWorkbook.from_path(path) as book:
            return _rows_of(book, path, sheet)
    except python_calamine.PasswordError as error:
        raise DataError(
            f"{path} is locked by a password. Save it without one, or as CSV UTF-8"
        ) from error
    except (python_calamine.CalamineError, OSError) as error:
        raise DataError(
            f"{path} can't be read as a spreadsheet ({error}). Save it anew as .xlsx, "
            "or as CSV UTF-8"
        ) from error


def _rows_of(
    book: python_calamine.CalamineWorkbook, path: Path, sheet: str
) -> list[tuple[int, list[str]]]:
    names = [data.name for data in book.sheets_metadata if _is_table(data)]
    if sheet:
        if sheet not in names:
            raise DataError(
                f"{path} has no sheet named {sheet!r}. Received: {', '.join(names)}"
            )
        _check_values(path, sheet)
        return _cells(book, sheet)
    of_sheets = {name: _cells(book, name) for name in names}
    filled = {
        name: cells
        for name, cells in of_sheets.items()
        if any(any(c) for _, c in cells)
    }
    if len(filled) > 1:
        raise DataError(
            f"{path} has several sheets with cells: {', '.join(filled)}. Name one, as "
            f"in {path.name}#{next(iter(filled))}"
        )
    for name, cells in filled.items():
        _check_values(path, name)
        return cells
    return []


def _check_values(path: Path, sheet: str) -> None:
    """Nothing that went wrong in the program may pass for "not known"."""
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return
    try:
        places = xlsx_cells.without_value(path, sheet)
    except (KeyError, zipfile.BadZipFile, ElementTree.ParseError) as error:
        raise DataError(
            f"{path} can't be read as a spreadsheet ({error}). Save it anew as .xlsx, "
            "or as CSV UTF-8"
        ) from error
    if places:
        raise DataError(
            f"{path}, sheet {sheet}, has {len(places)} cells without a value: "
            f"{', '.join(places[:_SHOWN])}. Mend them or leave them empty, and save "
            "the file in the spreadsheet program"
        )


def _is_table(data: python_calamine.SheetMetadata) -> bool:
    return data.typ == python_calamine.SheetTypeEnum.WorkSheet


def _cells(
    book: python_calamine.CalamineWorkbook, sheet: str
) -> list[tuple[int, list[str]]]:
    values = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return [(number, list(map(_text, row))) for number, row in enumerate(values, 1)]


def _text(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 2**53:
            return str(int(value))
        case datetime.datetime() if value.time() == datetime.time():
            return value.date().isoformat()
        case datetime.datetime() | datetime.date() | datetime.time():
            return value.isoformat()
    return str(value)
