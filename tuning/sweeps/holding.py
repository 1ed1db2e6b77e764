"""One process at a time works on a sweep."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from pipelines.errors import DataError, UsageError
from pipelines.storage import lock
from pipelines.storage.lock import LockedError

_LOCK = ".lock"
_WRITTEN_ASIDE = ".*.part*"


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Holds a sweep's directory while the block runs.

    What processes that were killed wrote aside is removed first.

    Raises:
        UsageError: another process holds it.
        DataError: it can't be written.
    """
    with locked(path):
        try:
            for left in list(path.rglob(_WRITTEN_ASIDE)):
                if left.is_dir():
                    shutil.rmtree(left)
                else:
                    left.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(path, error) from error
        yield


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds a sweep's directory while the block runs, and leaves it as it is.

    Raises:
        UsageError: another process holds it.
        DataError: it can't be written.
    """
    with contextlib.ExitStack() as block:
        try:
            block.enter_context(lock.hold(path / _LOCK, subject=str(path)))
        except LockedError as error:
            raise UsageError(
                f"{path} is being searched by {error.holder}. Wait until it has ended, "
                "or end it; then give the same command again"
            ) from error
        except OSError as error:
            raise _unwritable(path, error) from error
        yield


def _unwritable(path: Path, error: OSError) -> DataError:
    return DataError(
        f"{path} can't be written: {error.strerror}. Make it writable, or free some "
        "space"
    )
