"""Whether the place that a command is to write to can be written, before the work."""

import errno
import tempfile
from pathlib import Path

from pipelines.errors import UsageError


def check(path: Path, option: str, *, directory: bool) -> None:
    """Refuses a place where nothing can be written; leaves nothing there.

    What does not exist yet may be made, with the folders above it.

    Args:
        option: that names it, for the message.
        directory: whether a directory is to be there, or a file.

    Raises:
        UsageError: the place is of the other kind, or may not be written.
        OSError: the disk is full.
    """
    if path.exists() and path.is_dir() != directory:
        word = "directory" if directory else "file"
        raise UsageError(f"{option} wants a {word}. Received: {path}, which is none")
    folder = path if directory else path.parent
    while not folder.exists():
        folder = folder.parent
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise UsageError(
            f"{option} {path} can't be written ({error.strerror}). Name a place where "
            "you may write"
        ) from error
