"""Whether a result can be written where a command is told to, before the work begins.

What can be written is tried, not asked for: rights alone don't say it of a read-only or
a full disk. What is not there yet may be made, with the folders above it.

A file that somebody may have edited is never overwritten: a task, a recipe, a table, a
result. What a command draws anew from other files, and nobody edits, is renewed.
"""

import errno
import os
import tempfile
from collections.abc import Iterable, Sequence
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


def check_new_file(path: str | os.PathLike, option: str) -> None:
    """As `check_file`, of a file that is not to be overwritten.

    Raises:
        UsageError: as there, or it exists.
        DataError: as there.
    """
    check_file(path, option)
    _check_absent(Path(path), option)


def check_new_files(
    directory: str | os.PathLike, names: Iterable[str], option: str
) -> None:
    """As `check_directory`, of files in it that are not to be overwritten.

    Args:
        names: of the files, or patterns of them such as `table_*.csv`.

    Raises:
        UsageError: as there, or one of the files exists.
        DataError: as there.
    """
    check_directory(directory, option)
    for name in names:
        for there in sorted(Path(directory).glob(name)):
            _check_absent(there, option)


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


def check_new_directory(path: str | os.PathLike, option: str) -> None:
    """As `check_directory`, of a directory that is to be made as a whole.

    Raises:
        UsageError: as there, or it exists.
        DataError: as there.
    """
    if os.path.lexists(path):
        raise UsageError(f"{path} exists. Choose another {option}, or remove it")
    check_directory(path, option)


def _check_absent(path: Path, option: str) -> None:
    if os.path.lexists(path):
        raise UsageError(
            f"{path} exists, and may hold what somebody wrote into it. Choose another "
            f"{option}, or remove it"
        )


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
