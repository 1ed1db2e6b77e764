"""How much memory may hold volumes between epochs."""

import os
from pathlib import Path

SHARE = 0.25  # of the machine's memory, or of what its container may use
_UNKNOWN_BYTES = 2 * 2**30  # where the system does not tell, e.g. on Windows
_CONTAINER_LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)


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
        text = path.read_text(encoding="utf-8").strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None
