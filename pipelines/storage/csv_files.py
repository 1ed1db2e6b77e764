"""CSV files: comma-separated UTF-8 text, a header and rows of cells below it."""

import csv
import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.errors import DataError
from pipelines.storage import atomic_files


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

    def stripped(self) -> "CsvTable":
        """Cells without space around them, and no rows of blank cells.

        For tables that people type: spreadsheet programs write such rows, also above
        the header.
        """
        header = tuple(map(str.strip, self.header))
        rows = [
            CsvRow(line=row.line, cells=tuple(map(str.strip, row.cells)))
            for row in self.rows
        ]
        rows = [row for row in rows if any(row.cells)]
        if rows and not any(header):
            header = rows.pop(0).cells
        return CsvTable(header=header, rows=tuple(rows))


def read(path: str | os.PathLike) -> CsvTable:
    """Reads a file, with or without a byte order mark.

    Raises:
        DataError: it can't be read, is not UTF-8, or has quotes that do not match.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            text = file.read()
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _no_csv(path, error) from error
    return parse(text, name=path)


def parse(text: str, *, name: str | os.PathLike) -> CsvTable:
    """The table of a text.

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


def _no_csv(name: str | os.PathLike, error: Exception) -> DataError:
    return DataError(
        f"{name} can't be read as comma-separated UTF-8 text ({error}). In a "
        "spreadsheet program, save it as 'CSV UTF-8'"
    )
