"""What linkage.csv holds, read so that nothing damaged passes for an id.

Ids that a spreadsheet program would read as numbers or dates are written as formulas
that give a text, `="0012345"`: one that opens and saves the file leaves them as they
are, as `0012345`. Opened once more, or in a file of before, `0012345` comes back as
`12345`, a pseudonym of digits as `1.23457E+15`. Pseudonyms are known by their form, and
each is the keyed hash of its source id: with the key beside the file, whatever was
changed in a row shows, and zeros that were lost and digits that were rounded are put
back as far as they can be tried. A byte order mark, another encoding, separator or
order of the columns, other line ends, blank rows and quotes change no id and are read.
"""

import itertools
import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipelines.errors import DataError
from pipelines.privacy import original_ids
from pipelines.privacy.privacy import Key, pseudonym, read_key
from pipelines.pseudonyms import is_pseudonym, with_letter
from pipelines.storage import csv_files
from pipelines.storage.csv_files import CsvRow, CsvTable
from pipelines.tables import table_file

COLUMNS = ("kind", "pseudonym", "source_id")
KINDS = ("patient", "study", "sample", "site")
_MOST_TRIES = 10**7  # for all ids together: half a minute at most
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
    rows = _rows(path)
    restored = _restored([_link(row, path) for row in rows], keys)
    for row, link in zip(rows, restored):
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
    guarded = ((*names, original_ids.guarded(source_id)) for *names, source_id in rows)
    return csv_files.to_text(COLUMNS, guarded)


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


def _restored(links: Sequence[Link], keys: Sequence[Key]) -> list[Link]:
    """The links with the ids that a spreadsheet program changed.

    Only what a key makes the pseudonym of is taken; without a key, what was written.
    Links of one changed id, as of all that were rounded to it, are tried together.
    """
    if not keys:
        return [
            replace(link, source_id=original_ids.unguarded(link.source_id))
            for link in links
        ]
    changed = defaultdict(set)
    for link in links:
        if not any(_made_by(key, link) for key in keys):
            changed[link.kind, link.source_id].add(link.pseudonym)
    found: dict[str, str] = {}
    tries = itertools.count()
    for (kind, cell), pseudonyms in changed.items():
        for guess in original_ids.guesses(cell):
            if next(tries) > _MOST_TRIES or pseudonyms <= found.keys():
                break
            if guess:
                names = {pseudonym(key, kind, guess) for key in keys}
                found |= dict.fromkeys(names & pseudonyms, guess)
    return [
        replace(link, source_id=found.get(link.pseudonym, link.source_id))
        for link in links
    ]


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
