"""New directories of runs: they appear whole or not at all, and no two take one name.

One is written aside as `.<name>.<8 hex digits>.new-run` and renamed when it is whole.
"""

import contextlib
import itertools
import os
import shutil
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from pipelines.errors import DataError, UsageError

_ENDING = ".new-run"
_DEAD_SECONDS = 3600  # what is written aside lives for a moment


def check(path: str | os.PathLike | None) -> None:
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
    check(path)
    if path is not None:
        while not _make(Path(path), write):
            check(path)
        return Path(path)
    names = (default.with_name(f"{default.name}-{n}") for n in itertools.count(2))
    return next(
        candidate
        for candidate in itertools.chain([default], names)
        if _make(candidate, write)
    )


def _make(path: Path, write: Callable[[Path], None]) -> bool:
    """Whether `path` was free, and is the new directory now."""
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}{_ENDING}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path.parent)
        aside.mkdir()
        write(aside)
        if path.exists():
            return False
        os.rename(aside, path)
    except OSError as error:
        if path.is_dir():  # another process was sooner
            return False
        raise DataError(
            f"the run directory {path} can't be written: {error.strerror}. Choose "
            "another --out"
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return True


def _sweep(folder: Path) -> None:
    """Removes what processes left aside that were killed."""
    for left in folder.glob(f".*.????????{_ENDING}"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - left.stat().st_mtime > _DEAD_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
