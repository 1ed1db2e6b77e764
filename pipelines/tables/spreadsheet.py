"""Sheets of Excel and LibreOffice as cells of text."""

import datetime
import struct
import zipfile
import zlib
from pathlib import Path
from xml.etree import ElementTree

import python_calamine

from pipelines.errors import DataError
from pipelines.tables import extents, ods_cells, xls_cells, xlsb_cells, xlsx_cells
from pipelines.tables.places import place

_SHOWN = 5  # cells that a message names
_DAMAGES = (
    *(KeyError, ValueError, RuntimeError, EOFError, struct.error),
    *(zipfile.BadZipFile, zlib.error, ElementTree.ParseError),
)
SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


def rows(path: Path, sheet: str = "") -> list[tuple[int, list[str]]]:
    """The number of each row, from 1, and its cells as a person would type them.

    A whole number has no decimal point, a date is `2026-11-26`, a truth value `true` or
    `false`; of a formula it is the value that the program computed last.

    Args:
        sheet: its name; "" = the only one that has cells and is not hidden.

    Raises:
        DataError: it is no such file, is locked by a password, lacks the sheet, several
            sheets have cells and none was named, cells have no value though they are
            not empty, or cells with a value are merged.
    """
    try:
        _check_whole(path)
        extents.check(path)
        with python_calamine.CalamineWorkbook.from_path(path) as book:
            return _rows_of(book, path, sheet)
    except python_calamine.PasswordError as error:
        raise DataError(
            f"{path} is locked by a password. Save it without one, or as CSV UTF-8"
        ) from error
    except (python_calamine.CalamineError, OSError, *_DAMAGES) as error:
        raise _unreadable(path, error) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # of Rust: no Exception
            raise
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: BaseException) -> DataError:
    return DataError(
        f"{path} can't be read as a spreadsheet ({error}). Save it anew as .xlsx, or "
        "as CSV UTF-8"
    )


def _check_whole(path: Path) -> None:
    """Refuses damage for which the library would ask for more memory than there is."""
    if path.suffix.lower() == ".xls":
        xls_cells.check_columns(path)
    elif zipfile.is_zipfile(path):  # else the library says what it is
        with zipfile.ZipFile(path) as file:
            extents.check_unpacked(path, file)
            damaged = file.testzip()
        if damaged is not None:
            raise zipfile.BadZipFile(f"{damaged} is damaged")


def _rows_of(
    book: python_calamine.CalamineWorkbook, path: Path, sheet: str
) -> list[tuple[int, list[str]]]:
    tables = {
        data.name: (number, data.visible)
        for number, data in enumerate(book.sheets_metadata)
        if data.typ == python_calamine.SheetTypeEnum.WorkSheet
    }
    if sheet and sheet not in tables:
        raise DataError(
            f"{path} has no sheet named {sheet!r}. Received: {', '.join(tables)}"
        )
    cells = {name: _cells(book, name) for name in ([sheet] if sheet else tables)}
    filled = [name for name in cells if any(any(row) for _, row in cells[name])]
    if not sheet:
        visible = python_calamine.SheetVisibleEnum.Visible
        filled = _one_of(path, [n for n in filled if tables[n][1] == visible], filled)
    for name in filled:
        _check_values(book, path, name, tables[name][0])
        return cells[name]
    return []


def _one_of(path: Path, visible: list[str], filled: list[str]) -> list[str]:
    """The one visible sheet that has cells; none where no sheet has."""
    if len(visible) > 1:
        raise DataError(
            f"{path} has several sheets with cells: {', '.join(visible)}. Name one, as "
            f"in {path.name}#{visible[0]}"
        )
    if filled and not visible:
        raise DataError(
            f"{path} has cells in hidden sheets alone: {', '.join(filled)}. Name one, "
            f"as in {path.name}#{filled[0]}"
        )
    return visible


def _check_values(
    book: python_calamine.CalamineWorkbook, path: Path, sheet: str, number: int
) -> None:
    """Nothing that went wrong in the program may pass for "not known"."""
    places = _without_value(path, sheet, number)
    ranges = _merged(book, path, sheet, number)
    if places:
        raise DataError(
            f"{path}, sheet {sheet}, has {len(places)} cells without a value: "
            f"{', '.join(places[:_SHOWN])}. Mend them or leave them empty, and save "
            "the file in the spreadsheet program"
        )
    if ranges:
        raise DataError(
            f"{path}, sheet {sheet}, has {len(ranges)} merged cells: "
            f"{', '.join(ranges[:_SHOWN])}. A value counts for the first cell alone. "
            "Unmerge them and write the value into each row that it is of"
        )


def _without_value(path: Path, sheet: str, number: int) -> list[str]:
    match path.suffix.lower():
        case ".ods":
            return ods_cells.without_value(path, sheet)
        case ".xls":
            return xls_cells.without_value(path, number)
        case ".xlsb":
            return xlsb_cells.without_value(path, number)
    return xlsx_cells.without_value(path, sheet)


def _merged(
    book: python_calamine.CalamineWorkbook, path: Path, sheet: str, number: int
) -> list[str]:
    """Merged cells that hold a value, as in `A2:A4`."""
    match path.suffix.lower():
        case ".ods":
            ranges = ods_cells.merged(path, sheet)
        case ".xlsb":
            ranges = xlsb_cells.merged(path, number)
        case _:
            found = book.get_sheet_by_name(sheet).merged_cell_ranges or []
            ranges = [(*first, *last) for first, last in found]
    values = _cells(book, sheet)
    return [
        f"{place(top, left)}:{place(bottom, right)}"
        for top, left, bottom, right in ranges
        if top < len(values) and any(values[top][1][left : left + 1])
    ]


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
