"""The private file that resolves pseudonyms: linkage.csv beside the project key."""

import contextlib
import csv
import io
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import DataError
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
        return {one.source_id for one in self._links.values() if one.kind == kind}

    def save(self) -> Path:
        """Merges the rows into the file.

        Raises:
            DataError: another process holds the file for too long, or a pseudonym
                stands for two ids.
        """
        with _alone(self.path):
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
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    wrong = [row for row in rows if len(row) != len(COLUMNS)]
    if not rows or tuple(rows[0]) != COLUMNS or wrong:
        raise DataError(
            f"{path} is not a linkage file with the columns {', '.join(COLUMNS)}; "
            "move it elsewhere"
        )
    return tuple(Link(**dict(zip(COLUMNS, row))) for row in rows[1:])


def _join(links: dict[str, Link], link: Link) -> None:
    known = links.setdefault(link.pseudonym, link)
    if known != link:
        raise DataError(
            f"pseudonym {link.pseudonym} stands for a {known.kind} and for another "
            f"{link.kind}; keep a linkage file to the ids of one source"
        )


def _text(links: dict[str, Link]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for link in sorted(links.values(), key=lambda one: (one.kind, one.pseudonym)):
        writer.writerow((link.kind, link.pseudonym, link.source_id))
    return text.getvalue()


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Holds `path` against other processes by a lock file that one alone can make."""
    lock = path.with_name(f".{path.name}.lock")
    end = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            write_private(lock, f"{os.getpid()}\n")
            break
        except FileExistsError:
            if time.monotonic() > end:
                raise DataError(
                    f"{path} is held by another process. If none is running, remove "
                    f"{lock}"
                ) from None
            time.sleep(0.02)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
