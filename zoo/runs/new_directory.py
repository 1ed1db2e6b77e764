"""New directories of runs: whole or not there, and no two processes take one name."""

import itertools
import os
import time
from collections.abc import Callable
from pathlib import Path

from pipelines.errors import DataError, UsageError
from pipelines.storage import atomic_files
from pipelines.storage.lock import LockedError


def check_new(path: str | os.PathLike | None) -> None:
    """Raises a UsageError if a run directory can't be made at `path`: it exists."""
    if path is not None and os.path.exists(path):
        raise UsageError(
            f"{os.fspath(path)} exists. Choose another --out, or go on with an "
            "interrupted run by --resume"
        )


def default_path(name: str, now: float | None = None) -> Path:
    """`runs/<local time>-<name>` in the working directory.

    Args:
        now: seconds since 1970; none = the clock.
    """
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(now))
    return Path("runs") / f"{stamp}-{name}"


def make(
    path: str | os.PathLike | None, default: Path, write: Callable[[Path], None]
) -> Path:
    """Makes a directory of what `write` puts into an empty one.

    Args:
        path: of the directory; none = `default`, or if that is taken `<default>-2`,
            `<default>-3` and so on.
    Returns:
        Where it is.
    Raises:
        UsageError: `path` exists.
        DataError: it can't be written.
    """
    check_new(path)
    if path is not None:
        if not _make(Path(path), write):
            raise UsageError(
                f"{os.fspath(path)} was just made by another process. Choose another "
                "--out"
            )
        return Path(path)
    names = (default.with_name(f"{default.name}-{n}") for n in itertools.count(2))
    return next(
        candidate
        for candidate in itertools.chain([default], names)
        if _make(candidate, write)
    )


def _make(path: Path, write: Callable[[Path], None]) -> bool:
    """Whether `path` was free, and is the new directory now."""
    try:
        with atomic_files.new_directory(path) as aside:
            if path.exists():
                raise FileExistsError(path)
            write(aside)
    except LockedError:
        return False
    except OSError as error:
        if path.is_dir():  # another process was sooner
            return False
        raise DataError(
            f"the run directory {path} can't be written: {error.strerror}. Choose "
            "another --out"
        ) from error
    return True
