"""One writer for each run directory, and what killed writers left in it."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from pipelines.errors import DataError, UsageError
from pipelines.storage import lock
from pipelines.storage.lock import LockedError
from zoo.runs import disk

_LOCK = ".lock"
_WRITTEN_ASIDE = ".*.part*"  # of `atomic_files`, and of checkpoints


@contextlib.contextmanager
def held(directory: Path, *, runs_inside: bool = False) -> Iterator[None]:
    """Holds a run directory for writing while the block runs.

    The system lets go of it when the process ends, however it ends. What processes
    that were killed wrote aside is removed first.

    Args:
        runs_inside: whether the folders in it are runs with locks of their own.

    Raises:
        UsageError: another process holds it.
        DataError: it can't be written.
    """
    with contextlib.ExitStack() as block:
        try:
            holding = lock.hold(directory / _LOCK, subject=str(directory))
            block.enter_context(holding)
            _sweep(directory, below=not runs_inside)
        except LockedError as error:
            raise UsageError(
                f"{directory} is being trained by {error.holder}. Wait until it has "
                "ended, or end it; then go on with --resume"
            ) from error
        except OSError as error:
            raise DataError(disk.message(directory, error)) from error
        yield


def _sweep(directory: Path, *, below: bool) -> None:
    find = directory.rglob if below else directory.glob
    for left in list(find(_WRITTEN_ASIDE)):
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink(missing_ok=True)
