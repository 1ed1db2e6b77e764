"""A file of lines that only grows: each is on the disk whole, or was never written."""

import errno
import json
import os
from pathlib import Path

from pipelines.errors import DataError


class Journal:
    """JSON objects, one a line, each synced to the disk before `append` returns.

    What a process that was killed left of a line is cut off when the file is opened:
    nobody acted on it.

    Args:
        path: made where it is not there.

    Raises:
        DataError: a line is damaged that is not the last one.
        OSError: the file can't be read or written.
    """

    def __init__(self, path: Path):
        self.path = path
        self.lines = _read(path)

    def append(self, line: dict) -> None:
        """Writes a line.

        Raises:
            OSError: it can't be written, as where the disk is full; a part of it that
                was written counts as nothing.
        """
        content = json.dumps(line, separators=(",", ":")).encode() + b"\n"
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            written = os.write(descriptor, content)
            if written < len(content):
                os.ftruncate(descriptor, os.fstat(descriptor).st_size - written)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.path))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _read(path: Path) -> list[dict]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return []
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(path, whole)
    lines = []
    for number, line in enumerate(content[:whole].splitlines(), 1):
        try:
            lines.append(json.loads(line))
        except ValueError as error:
            raise DataError(
                f"{path}, line {number}, is damaged, so nobody can tell which studies "
                "were answered. Restore a backup of the file, or choose another --out, "
                "for which every study in the folder is predicted anew"
            ) from error
    return lines
