"""Where records lie until their data set is whole: `<out>.partial`, of one ingest."""

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.storage import lock
from pipelines.storage.lock import LockedError

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
    with contextlib.ExitStack() as stack:
        _take(partial, out, stack)
        path_of(out)  # finished by another process just now?
        try:
            yield partial
        finally:
            _leave(partial)


def _take(partial: Path, out: Path, stack: contextlib.ExitStack) -> None:
    try:
        partial.mkdir(parents=True, exist_ok=True)
        stack.enter_context(lock.hold(partial / _LOCK, subject=str(partial)))
    except LockedError as error:
        raise UsageError(
            f"another ingest is writing {partial} ({error.holder}). Wait for it, or "
            "name another --out"
        ) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise UsageError(
            f"{out} can't be written ({partial}: {error.strerror}). Name an --out in "
            "a directory where you may write"
        ) from error


def _leave(partial: Path) -> None:
    """Removes the directory if there is nothing in it to go on with."""
    with contextlib.suppress(OSError):
        if [entry.name for entry in partial.iterdir()] == [_LOCK]:
            (partial / _LOCK).unlink()
            partial.rmdir()
