"""Temporary folders that the next user removes where their own was killed.

Beside a folder lies its lock file, which is made before it and removed after it. The
system lets go of the lock of a process that was killed; whoever makes a folder of the
same kind then removes both.
"""

import contextlib
import os
import shutil
import stat
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

from pipelines.storage import lock
from pipelines.storage.lock import LockedError

_LOCK = ".lock"


@contextlib.contextmanager
def held(prefix: str) -> Iterator[Path]:
    """An empty folder where this machine has temporary files, while the block runs.

    Args:
        prefix: what its name begins with, of all folders of one kind.

    Raises:
        OSError: it can't be made.
    """
    place = _place()
    if lock.is_known_in(place):  # elsewhere nobody knows whose holder lives
        _sweep(place, prefix)
    folder = place / f"{prefix}{uuid.uuid4().hex[:12]}"
    with lock.hold(_lock_of(folder), subject=str(folder)):
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _place() -> Path:
    """Where this machine has temporary files."""
    return Path(tempfile.gettempdir())


def _sweep(place: Path, prefix: str) -> None:
    """Removes folders whose holders are no more, and leaves what it can't remove."""
    for path in place.glob(f"{prefix}*{_LOCK}"):
        folder = path.with_name(path.name.removesuffix(_LOCK))
        with contextlib.suppress(LockedError, OSError):
            if not _is_mine(path):
                continue
            with lock.hold(path, subject=str(folder)):
                shutil.rmtree(folder, ignore_errors=True)


def _lock_of(folder: Path) -> Path:
    return folder.with_name(folder.name + _LOCK)


def _is_mine(path: Path) -> bool:
    """A file of this account: others may lay links where all may write."""
    status = path.lstat()
    return stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()
