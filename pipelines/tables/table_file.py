"""One reader for every table that a person may have opened, made or saved."""

import csv
import difflib
import os
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from pipelines.errors import DataError
from pipelines.storage.csv_files import CsvRow, CsvTable
from pipelines.tables import dialect, spreadsheet

_SHEET = re.compile(r"(.*\.(?:xlsx|xlsm|xlsb|xls|ods))#(.+)", re.IGNORECASE)
_CODE_PAGE = re.compile(r"(.*\.(?:csv|tsv|tab|txt))#([\w.-]+)", re.IGNORECASE)
_AS_TEXT = re.compile(r'="(.*)"|\'(.*)')  # how a cell is told to stay text
_OF_NAMES = re.compile("name|nom|patient|person|姓名", re.IGNORECASE)
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d+")
_EXACT_DIGITS = 15  # of a number in a spreadsheet program
SHOWN = 5  # ids that a message names
AS_TEXT = (
    "In the spreadsheet program format the column of ids as text, enter or import the "
    "ids again, and save"
)


def split_sheet(path: str | os.PathLike) -> tuple[Path, str]:
    """`labels.xlsx#Sheet2` as the path and the sheet; "" where none is named.

    Of a file of text what is named is its code page: `labels.csv#cp1250`.
    """
    text = os.fspath(path)
    named = _SHEET.fullmatch(text) or _CODE_PAGE.fullmatch(text)
    if named and not os.path.exists(path):
        return Path(named[1]), named[2]
    return Path(path), ""


def is_file(path: str | os.PathLike) -> bool:
    """Whether there is a file, of which a sheet or a code page may be named."""
    return split_sheet(path)[0].is_file()


def read(
    path: str | os.PathLike, *, as_written: bool = False, with_points: bool = True
) -> CsvTable:
    """The cells of a table as text, in Unicode's composed form, without space around.

    `.xlsx`, `.xls`, `.xlsb` and `.ods` are read directly, a sheet by `FILE#SHEET`; all
    else as CSV, see `pipelines.tables.dialect`, whose code page may be named by
    `FILE#CODEPAGE` where it is no Unicode. Empty rows are left out, and empty
    columns behind the last title. `="0017"` and `'0017` are 0017; between semicolons
    `1,5` is 1.5.

    Args:
        as_written: leave words as they are, but for space around them: where ids are of
            account to the last character, as what pseudonyms are made of.
        with_points: read decimal commas between semicolons as points.

    Raises:
        DataError: it can't be read, or is no table.
    """
    place, sheet = split_sheet(path)
    if place.suffix.lower() in spreadsheet.SUFFIXES:
        if not place.is_file():
            raise DataError(f"{place} can't be read: No such file or directory")
        return _table(spreadsheet.rows(place, sheet), as_written=as_written)
    return _of_text(
        _content(place),
        place,
        code_page=sheet,
        as_written=as_written,
        with_points=with_points,
    )


def parse(content: bytes, *, name: str | os.PathLike) -> CsvTable:
    """The table of a CSV file that was read already, its words as written.

    Args:
        name: of the file, for messages.

    Raises:
        DataError: it is no table.
    """
    return _of_text(content, name, as_written=True, with_points=True)


def with_names(table: CsvTable, wanted: Sequence[str]) -> CsvTable:
    """The table with titles as they are asked for: `Patient-ID` is `patient_id`.

    A title that is there as it is wanted stays, and so does one that two would be.
    """
    plain = [plain_title(title) for title in table.header]
    named = {plain_title(name): name for name in wanted if name not in table.header}
    header = tuple(
        named.get(key, title) if plain.count(key) == 1 else title
        for key, title in zip(plain, table.header)
    )
    return replace(table, header=header)


def meant(name: str, header: Sequence[str]) -> str:
    """`" (for stage: did you mean 'Stages'?)"`; "" where no title is near."""
    near = difflib.get_close_matches(
        plain_title(name), [plain_title(title) for title in header], n=1
    )
    if not near:
        return ""
    title = next(title for title in header if plain_title(title) == near[0])
    return f" (for {name}: did you mean {title!r}?)"


def check_ids(path: str | os.PathLike, column: str, ids: Sequence[str]) -> None:
    """Raises a DataError where a spreadsheet program has rounded ids."""
    rounded = [name for name in ids if _ROUNDED.fullmatch(name)]
    if rounded:
        raise DataError(
            f"{path} has {len(rounded)} ids in {column} that a spreadsheet program "
            f"wrote as rounded numbers: {', '.join(rounded[:SHOWN])}. {AS_TEXT}; what "
            "was rounded can't be told from the file"
        )


def composed(text: str) -> str:
    """Unicode's composed form (NFC): `é` in one, as all cells have it."""
    return unicodedata.normalize("NFC", text)


def spoiled_pairs(wanted: Iterable[str], ids: Iterable[str]) -> list[tuple[str, str]]:
    """Ids, and what a spreadsheet program has made of them, where that is among `ids`.

    It takes zeros in front away, and keeps 15 digits.
    """
    by_plain: dict[str, str] = {}
    for name in ids:
        if name.isdigit():
            by_plain.setdefault(name.lstrip("0") or "0", name)
    pairs = []
    for name in wanted:
        plain = (name.lstrip("0") or "0") if name.isdigit() else ""
        kept = plain[:_EXACT_DIGITS].ljust(len(plain), "0")
        changed = by_plain.get(plain, by_plain.get(kept))
        if plain and changed is not None:
            pairs.append((name, changed))
    return pairs


def spoiled(wanted: str, ids: Iterable[str]) -> str | None:
    """The one of `spoiled_pairs`, or none."""
    return next((changed for _, changed in spoiled_pairs([wanted], ids)), None)


def number(cell: str) -> float:
    """The number of a cell, with a decimal point.

    Raises:
        ValueError: it is none; `1_5` is none either.
    """
    if "_" in cell:
        raise ValueError(f"no number: {cell!r}")
    return float(cell)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror}") from error


def _of_text(
    content: bytes,
    path: str | os.PathLike,
    *,
    code_page: str = "",
    as_written: bool,
    with_points: bool,
) -> CsvTable:
    try:
        text, guessed = dialect.decoded(content, code_page)
        rows = dialect.rows(text, with_points=with_points)
        table = _table(rows, as_written=as_written)
    except (ValueError, csv.Error) as error:
        raise DataError(
            f"{path} can't be read as a table of text ({error}). In a spreadsheet "
            "program, save it as .xlsx or as 'CSV UTF-8', or name its code page, as in "
            f"{Path(path).name}#cp1250"
        ) from error
    if guessed:
        print(
            f"note: {path} is no UTF-8 and was read as {guessed}: "
            f"{_examples(table)}. If that is wrong, name its code page, as in "
            f"{Path(path).name}#cp1250, or save it as .xlsx or as 'CSV UTF-8'",
            file=sys.stderr,
        )
    return table


def _examples(table: CsvTable) -> str:
    """Titles and classes that together show the letters beyond ASCII, or a line.

    Of cells those that come again; persons' names stay off the screen.
    """
    times = Counter(
        cell
        for row in table.rows
        for title, cell in zip(table.header, row.cells)
        if not _OF_NAMES.search(title)
    )
    seen: set[str] = set()
    words = []
    for cell in [
        *table.header,
        *(cell for cell, number in times.items() if number > 1),
    ]:
        letters = {letter for letter in cell if not letter.isascii()}
        if letters - seen and len(words) < SHOWN:
            words.append(repr(cell))
            seen |= letters
    if words:
        return f"for instance {', '.join(words)}"
    lines = (row.line for row in table.rows if not "".join(row.cells).isascii())
    return f"see line {next(lines, 1)}"


def _table(found: Iterable[tuple[int, list[str]]], *, as_written: bool) -> CsvTable:
    """Without empty rows, and without empty columns behind the last title."""
    as_text = str.strip if as_written else _cell
    filled = ((line, tuple(map(as_text, cells))) for line, cells in found if any(cells))
    rows = ((line, cells) for line, cells in filled if any(cells))
    header = _without_end(next(rows, (0, ()))[1], 0)
    return CsvTable(
        header=header,
        rows=tuple(
            CsvRow(line=line, cells=_without_end(cells, len(header)))
            for line, cells in rows
        ),
    )


def _cell(cell: str) -> str:
    cell = composed(cell).strip()
    told = _AS_TEXT.fullmatch(cell)
    return (told[1] or told[2] or "").strip() if told else cell


def _without_end(cells: tuple[str, ...], least: int) -> tuple[str, ...]:
    """Without empty cells at the end, but not fewer than `least`."""
    count = len(cells)
    while count > least and not cells[count - 1]:
        count -= 1
    return cells[:count]


def plain_title(title: str) -> str:
    """A title as it is compared: `Patient-ID` and `patient id` are alike."""
    return re.sub(r"[\s_-]+", "_", composed(title).strip().casefold())
