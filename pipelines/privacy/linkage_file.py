"""What linkage.csv holds, read so that nothing damaged passes for an id.

A spreadsheet program that opens and saves the file may read ids as numbers or dates:
`0012345` comes back as `12345`, a pseudonym of digits as `1.23457E+15`. Pseudonyms are
known by their form, and each is the keyed hash of its source id: with the key beside
the file, whatever was changed in a row shows, and zeros that were lost are put back. A
byte order mark, another encoding, separator or order of the columns, other line ends,
blank rows and quotes change no id and are read.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.errors import DataError
from pipelines.privacy.privacy import Key, pseudonym, read_key
from pipelines.pseudonyms import is_pseudonym, with_letter
from pipelines.storage import csv_files
from pipelines.storage.csv_files import CsvRow, CsvTable
from pipelines.tables import table_file

COLUMNS = ("kind", "pseudonym", "source_id")
KINDS = ("patient", "study", "sample", "site")
_DIGITS = 65  # a DICOM identifier has up to 64 characters
_KEY_FILE_BYTES = range(64, 80)  # 64 digits and a line end, maybe some blanks
_CURE = (
    "A spreadsheet program changes ids when it saves. Restore a backup of the file, or "
    "move it away and ingest every cohort again under the same key, which makes it anew"
)


@dataclass(frozen=True, kw_only=True)
class Link:
    """What a pseudonym stands for."""

    kind: str
    pseudonym: str
    source_id: str


def read(path: str | os.PathLike) -> dict[str, Link]:
    """The rows by pseudonym; a file that does not exist has none.

    Pseudonyms of files of before, without their letter, are written as today.

    Raises:
        DataError: the file is not a linkage file, or something in it was changed since
            it was written; names the line, and no source id.
    """
    path = Path(path)
    if not path.exists():
        return {}
    keys = _keys_in(path.parent)
    links: dict[str, Link] = {}
    for row in _rows(path):
        link = _restored(_link(row, path), keys)
        if keys and not any(_made_by(key, link) for key in keys):
            raise DataError(
                f"{path}, line {row.line}: {link.pseudonym} is no pseudonym of the id "
                f"that stands beside it, under any key in this directory. {_CURE}. If "
                "it was made under a key that was here once, put that key back"
            )
        join(links, link)
    return links


def text(links: Iterable[Link]) -> str:
    """The text of a file, in the order of kind and pseudonym."""
    rows = sorted((link.kind, link.pseudonym, link.source_id) for link in links)
    return csv_files.to_text(COLUMNS, rows)


def join(links: dict[str, Link], link: Link) -> None:
    """Adds a link to those by pseudonym.

    Raises:
        DataError: the pseudonym stands for another id already.
    """
    known = links.setdefault(link.pseudonym, link)
    if known != link:
        raise DataError(
            f"pseudonym {link.pseudonym} stands for a {known.kind} and for another "
            f"{link.kind}; keep a linkage file to the ids of one source. If nobody "
            f"gave it another: {_CURE}"
        )


def _rows(path: Path) -> list[CsvRow]:
    """The rows, their cells in the order of `COLUMNS`."""
    try:
        table = table_file.read(path, as_written=True, with_points=False)
    except DataError as error:
        raise DataError(f"{error}. But this is a linkage file: {_CURE}") from error
    if sorted(table.header) != sorted(COLUMNS):
        raise DataError(_other_columns(path, table))
    places = [table.header.index(name) for name in COLUMNS]
    for row in table.rows:
        if len(row.cells) != len(COLUMNS):
            raise DataError(
                f"{path}, line {row.line}, has {len(row.cells)} cells instead of "
                f"{len(COLUMNS)}. {_CURE}"
            )
    return [
        CsvRow(line=row.line, cells=tuple(row.cells[place] for place in places))
        for row in table.rows
    ]


def _other_columns(path: Path, table: CsvTable) -> str:
    return (
        f"{path} is not a linkage file with the columns {', '.join(COLUMNS)}; "
        f"move it elsewhere. Received: {', '.join(table.header)}"
    )


def _link(row: CsvRow, path: Path) -> Link:
    kind, name, source_id = row.cells
    link = Link(kind=kind, pseudonym=with_letter(name), source_id=source_id)
    if not is_pseudonym(link.pseudonym):
        raise DataError(
            f"{path}, line {row.line}: a pseudonym is the letter p and 16 hexadecimal "
            f"digits, or these alone. {_CURE}. Received: {name!r}"
        )
    if kind not in KINDS or not source_id:
        raise DataError(
            f"{path}, line {row.line}: a row says one of {', '.join(KINDS)}, a "
            f"pseudonym and the id it stands for. {_CURE}. Received: {kind!r}, {name}, "
            f"{'an id' if source_id else 'no id'}"
        )
    return link


def _restored(link: Link, keys: Sequence[Key]) -> Link:
    """The link with the zeros that a spreadsheet program took from its id.

    Only what the key makes the pseudonym of is taken.
    """
    whole, point, _ = link.source_id.partition(".")
    if not whole.isdigit() or any(_made_by(key, link) for key in keys):
        return link
    front = [link.source_id.zfill(n) for n in range(len(link.source_id) + 1, _DIGITS)]
    behind = [link.source_id + "0" * n for n in range(1, 4)] if point else []
    for source_id in (*front, *behind):
        one = replace(link, source_id=source_id)
        if any(_made_by(key, one) for key in keys):
            return one
    return link


def _made_by(key: Key, link: Link) -> bool:
    return pseudonym(key, link.kind, link.source_id) == link.pseudonym


def _keys_in(directory: Path) -> Sequence[Key]:
    """All project keys that lie in a directory: each may have made some of the rows."""
    keys = []
    with os.scandir(directory) as entries:
        for entry in entries:
            try:
                if entry.is_file() and entry.stat().st_size in _KEY_FILE_BYTES:
                    keys.append(read_key(Path(entry.path)))
            except (OSError, ValueError):
                continue  # not readable, or no key
    return keys
