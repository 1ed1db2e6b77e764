"""The private file that resolves pseudonyms: linkage.csv beside the project key."""

import os
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import DataError
from pipelines.storage import csv_files, lock
from pipelines.storage.atomic_files import replacing, write_private

COLUMNS = ("kind", "pseudonym", "source_id")
_WAIT_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Link:
    """What a pseudonym stands for."""

    kind: str
    pseudonym: str
    source_id: str


class Linkage:
    """Rows for linkage.csv, gathered in memory and merged into the file by `save`.

    Several processes may save at once, and what the file holds is kept: there is one
    row per pseudonym, in the order of kind and pseudonym, and the file is whole at
    every moment and readable by its owner alone (mode 600).

    Args:
        path: of linkage.csv; see `beside`.
    """

    def __init__(self, path: str | os.PathLike):
        self.path = Path(path)
        self._links: dict[str, Link] = {}

    @classmethod
    def beside(cls, key_path: str | os.PathLike) -> "Linkage":
        """The linkage file in the directory of the key."""
        return cls(Path(key_path).with_name("linkage.csv"))

    def add(self, kind: str, pseudonym: str, source_id: str) -> None:
        """Notes one pseudonym; `save` writes it.

        Raises:
            DataError: the pseudonym stands for another id already.
        """
        link = Link(kind=kind, pseudonym=pseudonym, source_id=source_id.strip())
        _join(self._links, link)

    def source_ids(self, kind: str) -> set[str]:
        """The source ids of one kind that were noted since this was made."""
        return {link.source_id for link in self._links.values() if link.kind == kind}

    def save(self) -> Path:
        """Merges the rows into the file.

        Raises:
            DataError: another process holds the file for too long, or a pseudonym
                stands for two ids.
        """
        alone = lock.hold(
            self.path.with_name(f".{self.path.name}.lock"),
            subject=str(self.path),
            wait_seconds=_WAIT_SECONDS,
        )
        with alone:
            links = {link.pseudonym: link for link in read(self.path)}
            before = dict(links)
            for link in self._links.values():
                _join(links, link)
            if links != before or not self.path.exists():
                with replacing(self.path) as aside:
                    write_private(aside, _text(links))
        return self.path


def read(path: str | os.PathLike) -> tuple[Link, ...]:
    """Reads a linkage file; one that does not exist has no rows.

    Raises:
        DataError: the file is not a linkage file.
    """
    path = Path(path)
    if not path.exists():
        return ()
    table = csv_files.read(path)
    if table.header != COLUMNS or any(len(r.cells) != len(COLUMNS) for r in table.rows):
        raise DataError(
            f"{path} is not a linkage file with the columns {', '.join(COLUMNS)}; "
            "move it elsewhere"
        )
    return tuple(Link(**dict(zip(COLUMNS, row.cells))) for row in table.rows)


def _join(links: dict[str, Link], link: Link) -> None:
    known = links.setdefault(link.pseudonym, link)
    if known != link:
        raise DataError(
            f"pseudonym {link.pseudonym} stands for a {known.kind} and for another "
            f"{link.kind}; keep a linkage file to the ids of one source"
        )


def _text(links: dict[str, Link]) -> str:
    rows = sorted(
        (link.kind, link.pseudonym, link.source_id) for link in links.values()
    )
    return csv_files.to_text(COLUMNS, rows)
