"""The private file that resolves pseudonyms: linkage.csv beside the project key."""

import os
from pathlib import Path

from pipelines.privacy import linkage_file
from pipelines.privacy.linkage_file import Link
from pipelines.storage import lock
from pipelines.storage.atomic_files import replacing, write_private

_WAIT_SECONDS = 60.0


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
        linkage_file.join(self._links, link)

    def source_ids(self, kind: str) -> set[str]:
        """The source ids of one kind that were noted since this was made."""
        return {link.source_id for link in self._links.values() if link.kind == kind}

    def check(self) -> None:
        """Raises a DataError if the file is damaged, see `linkage_file.read`."""
        linkage_file.read(self.path)

    def save(self) -> Path:
        """Merges the rows into the file.

        Raises:
            DataError: another process holds the file for too long, it is damaged, or a
                pseudonym stands for two ids.
        """
        alone = lock.hold(
            self.path.with_name(f".{self.path.name}.lock"),
            subject=str(self.path),
            wait_seconds=_WAIT_SECONDS,
        )
        with alone:
            links = linkage_file.read(self.path)
            for link in self._links.values():
                linkage_file.join(links, link)
            text = linkage_file.text(links.values())
            if not self.path.exists() or self.path.read_bytes() != text.encode():
                with replacing(self.path) as aside:
                    write_private(aside, text)
        return self.path
