"""Whether a result can be written where a command is told to, before the work begins.

What can be written is tried, not asked for: rights alone don't say it of a read-only or
a full disk.
"""

import os
import tempfile
from pathlib import Path

from pipelines.errors import DataError, UsageError


def check_file(path: str | os.PathLike, option: str) -> None:
    """Raises what writing the file `path` would.

    Args:
        option: that names it, for errors.

    Raises:
        UsageError: it is a directory, or its own directory does not exist.
        DataError: its directory can't be written.
    """
    path = Path(path)
    if path.is_dir():
        raise UsageError(f"{option} names a file. Received: the directory {path}")
    if not path.parent.is_dir():
        raise UsageError(f"{option} wants a directory that exists. Received: {path}")
    _try_to_write(path.parent, option)


def check_directory(path: str | os.PathLike, option: str) -> None:
    """Raises what making the directory `path`, or writing into it, would.

    Args:
        option: that names it, for errors.

    Raises:
        UsageError: it or a directory above it is a file.
        DataError: it can't be made or written.
    """
    path = Path(path)
    above = path.absolute().parents
    existing = next(place for place in (path, *above) if os.path.lexists(place))
    if not existing.is_dir():
        raise UsageError(
            f"{option} names a directory. Received: {path}, where {existing} is a file"
        )
    _try_to_write(existing, option)


def _try_to_write(directory: Path, option: str) -> None:
    try:
        with tempfile.TemporaryFile(dir=directory) as file:
            file.write(b"\0")
    except OSError as error:
        raise DataError(
            f"{directory} can't be written: {error.strerror}. Choose another {option}"
        ) from error
