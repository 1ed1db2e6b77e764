"""The directory that a data set grows in: `<out>.partial`, held by one ingest."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from pipelines.errors import UsageError

try:
    import fcntl
except ImportError:  # Windows has no flock: two ingests into one place go unnoticed
    fcntl = None

_LOCK = "lock"


def path_of(out: Path) -> Path:
    """Where the data set `out` grows until it is whole.

    Raises:
        UsageError: `out` exists.
    """
    if out.exists():
        raise UsageError(
            f"{out} exists. A data set is never overwritten: name another --out, or "
            "grow it by --extend into a new one"
        )
    return out.with_name(out.name + ".partial")


@contextlib.contextmanager
def held(out: Path) -> Iterator[Path]:
    """Makes the directory and holds it; what is in it when the block ends stays.

    The system lets go of it when the process ends, however it ends, so what an
    interrupted run leaves can be taken up again.

    Raises:
        UsageError: `out` exists or can't be written, or another process holds it.
    """
    partial = path_of(out)
    try:
        partial.mkdir(parents=True, exist_ok=True)
        lock = open(partial / _LOCK, "w")  # noqa: SIM115 (held by the block below)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise UsageError(
            f"{out} can't be written ({partial}: {error.strerror}). Name an --out in "
            "a directory where you may write"
        ) from error
    with lock:
        _hold(lock, partial)
        path_of(out)  # finished by another process just now?
        try:
            yield partial
        finally:
            _leave(partial)


def _hold(lock: TextIO, partial: Path) -> None:
    if fcntl is None:
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Another process may have ended in between and taken the file with it.
        gone = not os.path.samestat(os.fstat(lock.fileno()), os.stat(partial / _LOCK))
    except (BlockingIOError, FileNotFoundError):
        gone = True
    except OSError:
        return  # a file system without locks
    if gone:
        raise UsageError(
            f"another ingest is writing {partial}. Wait for it, or name another --out"
        )


def _leave(partial: Path) -> None:
    """Removes the directory if there is nothing in it to go on with."""
    with contextlib.suppress(OSError):
        if [entry.name for entry in partial.iterdir()] == [_LOCK]:
            (partial / _LOCK).unlink()
            partial.rmdir()
