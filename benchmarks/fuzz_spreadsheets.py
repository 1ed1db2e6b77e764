"""Mutated .xlsx and .ods files, and what Python's XML parser reads in them."""

import io
import random
import re
import zipfile
from pathlib import Path

import fuzz_mutations as mutations
from fuzz_spreadsheet_files import ods, told, xlsx

from pipelines.errors import DataError
from pipelines.tables import table_file

MEMORY_BYTES = 2**31  # of the process: a cell that repeats without end must not hurt
_ROWS = [["patient_id", "größe", "age"]] + [
    [f"P{number:03}", f"<{number}> & co", 40.5 + number] for number in range(5)
]
_PIECES = ('"', "<", ">", "&", "&#0;", "&#49;", "&amp;", "<!--", "]]>", "/>", " ", "é")
_LIES = ("", "0", "-1", "1", "2", "7", "99", "20000", "1048577", "2147483648", "1e999")
_NUMBER = re.compile(r'(?<=["A-Z>])-?\d+(?:\.\d+)?(?=["<])')
_ELEMENT = re.compile(
    r"<(c|row|si|v|t|table:table-cell|table:table-row|text:p)\b[^>]*?(?:/>|>.*?</\1>)"
)
_READ = re.compile(r"sheet1|sharedStrings|content|workbook")


class Subject:
    """A table of a few rows, as Excel and as LibreOffice.

    Args:
        folder: to work in; its own.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._files = {".xlsx": xlsx(_ROWS), ".ods": ods(_ROWS)}
        self._whole = {}
        for suffix, parts in self._files.items():
            self._whole[suffix] = self._table(self._written(suffix, _zipped(parts)))

    def run(self, source: random.Random) -> tuple[str, str]:
        """One mutated file: what was done, and what came of it."""
        suffix = source.choice([*self._files])
        parts = dict(self._files[suffix])
        mutate = source.choice((_bytes, _part, _markup, _number, _number, _element))
        content = mutate(source, parts) or _zipped(parts)
        path = self._written(suffix, content)
        return f"{suffix} {mutate.__name__.strip('_')}", self._outcome(path, suffix)

    def _written(self, suffix: str, content: bytes) -> Path:
        path = self._folder / f"table{suffix}"
        path.write_bytes(content)
        return path

    def _outcome(self, path: Path, suffix: str) -> str:
        try:
            found = self._table(path)
        except DataError:
            return "rejected: DataError"
        if found == self._whole[suffix]:
            return "equal to what was written"
        try:
            wanted = told(path.read_bytes(), suffix)
        except Exception as error:  # what is refused there must be as it was
            return f"WRONG: {found}, but refused: {type(error).__name__}: {error}"
        return "equal" if found == wanted else f"WRONG: {found}, but it is {wanted}"

    @staticmethod
    def _table(path: Path) -> list[list[str]]:
        """Rows of text, without empty cells at the end."""
        table = table_file.read(path)
        rows = [table.header, *(row.cells for row in table.rows)]
        return [_without_end([*row]) for row in rows if any(row)]


def _without_end(row: list[str]) -> list[str]:
    while row and not row[-1]:
        del row[-1]
    return row


def _zipped(parts: dict[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return file.getvalue()


def _bytes(source: random.Random, parts: dict[str, str]) -> bytes:
    change = source.choice(
        (mutations.flipped, mutations.truncated, mutations.doubled, mutations.dropped)
    )
    return change(source, _zipped(parts))


def _part(source: random.Random, parts: dict[str, str | bytes]) -> None:
    """Bytes of a part, which the archive has the right checksum of; or no part."""
    name = source.choice([*parts])
    if source.random() < 0.1:
        del parts[name]
        return
    change = source.choice((mutations.flipped, mutations.truncated, mutations.dropped))
    parts[name] = change(source, parts[name].encode())


def _markup(source: random.Random, parts: dict[str, str]) -> None:
    name = source.choice([name for name in parts if _READ.search(name)])
    for _ in range(source.randint(1, 2)):
        text = parts[name]
        place = source.randrange(len(text) + 1)
        parts[name] = text[:place] + source.choice(_PIECES) + text[place:]


def _number(source: random.Random, parts: dict[str, str]) -> None:
    """A number lies: of a cell, a place, a string, or how often a cell stands there."""
    name = source.choice([name for name in parts if _NUMBER.search(parts[name])])
    match = source.choice([*_NUMBER.finditer(parts[name])])
    text, lie = parts[name], source.choice(_LIES)
    parts[name] = text[: match.start()] + lie + text[match.end() :]


def _element(source: random.Random, parts: dict[str, str]) -> None:
    """A cell, a row or a string is missing, stands twice, or changes its place."""
    name = source.choice([name for name in parts if _ELEMENT.search(parts[name])])
    text = parts[name]
    match, other = (source.choice([*_ELEMENT.finditer(text)]) for _ in range(2))
    put = source.choice(("", match[0] * 2, other[0]))
    parts[name] = text[: match.start()] + put + text[match.end() :]
