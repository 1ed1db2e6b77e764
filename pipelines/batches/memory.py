"""How much memory may hold volumes between epochs, and how freed memory is kept."""

import ctypes
import os
import platform
from pathlib import Path

SHARE = 0.25  # of the machine's memory, or of what its container may use
_UNKNOWN_BYTES = 2 * 2**30  # where the system does not tell, e.g. on Windows
_CONTAINER_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
_MALLOC = {  # by the numbers that malloc.h gives the parameters, in bytes
    -3: 2**25,  # blocks from here on are mapped by themselves: the most that is allowed
    -1: 2**29,  # so much is free before any is given back
    -2: 2**26,  # so much is asked for ahead
}


def budget_bytes() -> int:
    """A quarter of the memory that this process can have."""
    limits = [_physical_bytes(), *map(_limit_bytes, _CONTAINER_LIMITS)]
    known = [limit for limit in limits if limit is not None]
    return int(SHARE * min(known)) if known else _UNKNOWN_BYTES


def _physical_bytes() -> int | None:
    if not hasattr(os, "sysconf"):
        return None
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _limit_bytes(path: Path) -> int | None:
    """A container's limit; none where there is no container, or no limit."""
    try:
        text = path.read_text().strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None


def keep_freed_pages() -> None:
    """Has the C library keep the memory of freed tensors for the next ones.

    By itself glibc gives large blocks back to the system, which clears every page again
    when the next volume asks for it: half of the time of reading one. The process stays
    at its peak instead. Does nothing elsewhere, or where the environment says already
    what malloc is to do (`MALLOC_..._`).
    """
    if any(name.startswith("MALLOC_") for name in os.environ):
        return
    if platform.libc_ver()[0] != "glibc":
        return
    library = ctypes.CDLL(None)
    for parameter, value in _MALLOC.items():
        library.mallopt(parameter, value)
