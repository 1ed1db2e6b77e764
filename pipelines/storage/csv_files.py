"""CSV files: comma-separated UTF-8 text, a header and rows of cells below it.

What a person may have made, or opened and saved, is read by
`pipelines.tables.table_file`.
"""

import csv
import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.errors import DataError
from pipelines.storage import atomic_files

_MARK = "\ufeff"  # of UTF-8


@dataclass(frozen=True, kw_only=True)
class CsvRow:
    """The cells of one row.

    Args:
        line: of the file, from 1, in which the row ends; for messages.
    """

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CsvTable:
    """What a CSV file holds; how long a row is and what it says is not checked.

    Args:
        header: empty of an empty file.
        rows: below the header, empty lines left out.
    """

    header: tuple[str, ...]
    rows: tuple[CsvRow, ...]


def parse(text: str, *, name: str | os.PathLike) -> CsvTable:
    """The table of a text that this project wrote.

    Args:
        name: of the file, for the error.

    Raises:
        DataError: the text has quotes that do not match.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [CsvRow(line=reader.line_num, cells=tuple(cells)) for cells in reader]
    except csv.Error as error:
        raise _no_csv(name, error) from error
    header, *others = [row for row in rows if row.cells] or [CsvRow(line=1, cells=())]
    return CsvTable(header=header.cells, rows=tuple(others))


def to_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The text of a file; a cell is `str` of its value, and none is empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()


def write(
    path: str | os.PathLike, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Writes a file, whole or not at all."""
    atomic_files.write_text(path, to_text(header, rows))


def to_text_for_people(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """As `to_text`, with a byte order mark: without it Excel garbles all but English.

    Python reads such a file as `utf-8-sig`.
    """
    return f"{_MARK}{to_text(header, rows)}"


def write_for_people(
    path: str | os.PathLike, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Writes a file of `to_text_for_people`, whole or not at all."""
    atomic_files.write_text(path, to_text_for_people(header, rows))


def _no_csv(name: str | os.PathLike, error: Exception) -> DataError:
    return DataError(
        f"{name} can't be read as comma-separated UTF-8 text ({error}). In a "
        "spreadsheet program, save it as 'CSV UTF-8'"
    )
