"""Whether a result can be written where a command is told to, before the work begins.

What can be written is tried, not asked for: rights alone don't say it of a read-only or
a full disk. What is not there yet may be made, with the folders above it.
"""

import errno
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pipelines.errors import DataError, UsageError

_FULL = (errno.ENOSPC, errno.EDQUOT)


def check_file(path: str | os.PathLike, option: str) -> None:
    """Raises what writing the file `path` would; leaves nothing there.

    Args:
        option: that names it, for errors.

    Raises:
        UsageError: it is a directory, a file is in the place of a directory above it,
            or nothing may be written there.
        DataError: the disk is full.
    """
    if Path(path).is_dir():
        raise UsageError(f"{option} names a file. Received: the directory {path}")
    _try_to_write(Path(path), Path(path).absolute().parents, option)


def check_directory(path: str | os.PathLike, option: str) -> None:
    """Raises what making the directory `path`, or writing into it, would.

    Args:
        option: that names it, for errors.

    Raises:
        UsageError: a file is in the place of it or of a directory above it, or nothing
            may be written there.
        DataError: the disk is full.
    """
    absolute = Path(path).absolute()
    _try_to_write(Path(path), (absolute, *absolute.parents), option)


def _try_to_write(path: Path, folders: Sequence[Path], option: str) -> None:
    """Writes an empty file into the first of the folders that is there."""
    there = next(folder for folder in folders if os.path.lexists(folder))
    if not there.is_dir():
        raise UsageError(
            f"{option} {path} can't be made: {there} is no directory. Choose another "
            "place"
        )
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"\0")
    except OSError as error:
        kind = DataError if error.errno in _FULL else UsageError
        raise kind(
            f"{option} {path} can't be written: {error.strerror}. Choose a place "
            "where you may write and the disk has room"
        ) from error
