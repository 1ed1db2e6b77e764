"""Locks between processes, which end with the process that holds them.

By `flock` on Linux: the system lets go of a lock when its holder ends, however it
ends, so a lock file that a killed process left holds nobody back. On file systems
that know no locks (some network mounts) the work goes on without one.
"""

import contextlib
import errno
import fcntl
import os
import socket
import time
import uuid
from collections.abc import Iterator

from pipelines.errors import DataError

_PAUSE_SECONDS = 0.02
_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS)


class LockedError(DataError):
    """Another process holds the lock.

    Args:
        subject: what is locked, as the message calls it.
        holder: the other process, e.g. `"process 4711 on node3"`.
    """

    def __init__(self, subject: str, holder: str):
        self.holder = holder
        super().__init__(
            f"{subject} is in use by {holder}. Wait until it has ended, or end it"
        )


@contextlib.contextmanager
def hold(
    path: str | os.PathLike, *, subject: str, wait_seconds: float = 0.0
) -> Iterator[None]:
    """Holds the lock file `path` while the block runs, and removes it afterwards.

    The file names its holder. Two threads exclude each other as two processes do;
    processes that are forked meanwhile share the lock, those that are spawned don't.

    Args:
        subject: what is locked, for the message.
        wait_seconds: how long to wait for another holder; `math.inf` = as long as it
            takes.

    Raises:
        LockedError: another process holds it, still after that time.
        OSError: the lock file can't be made.
    """
    end = time.monotonic() + wait_seconds
    while (descriptor := _acquired(path)) is None:
        if time.monotonic() >= end:
            raise LockedError(subject, _holder(path))
        time.sleep(_PAUSE_SECONDS)
    try:
        _sign(descriptor)
        yield
    finally:
        # Removed before it is let go: who waits sees that the file is another.
        with contextlib.suppress(OSError):
            if _is_at(descriptor, path):
                os.unlink(path)
        os.close(descriptor)


def is_known_in(directory: str | os.PathLike) -> bool:
    """Whether the file system of a directory knows locks.

    Some keep them to one machine (NFS with `local_lock`, Lustre with `localflock`),
    which no single machine can tell.

    Raises:
        OSError: no file can be made there.
    """
    path = os.path.join(directory, f".locks-{uuid.uuid4().hex[:8]}")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return False
        raise
    finally:
        os.close(descriptor)
        os.unlink(path)
    return True


def _acquired(path: str | os.PathLike) -> int | None:
    """A descriptor that holds the file at `path`; none while another does."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Its holder may have removed the file between the opening and the lock.
        if _is_at(descriptor, path):
            return descriptor
    except (BlockingIOError, FileNotFoundError):
        pass
    except OSError as error:
        if error.errno in _NO_LOCKS:
            return descriptor
        os.close(descriptor)
        raise
    os.close(descriptor)
    return None


def _is_at(descriptor: int, path: str | os.PathLike) -> bool:
    return os.path.samestat(os.fstat(descriptor), os.stat(path))


def _sign(descriptor: int) -> None:
    """Writes the holder into the file; on a full disk it stays unnamed."""
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.write(
            descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode()
        )


def _holder(path: str | os.PathLike) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            holder = file.read(200).strip()
    except OSError:
        holder = ""
    return holder if holder.startswith("process ") else "another process"
