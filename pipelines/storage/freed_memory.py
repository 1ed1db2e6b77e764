"""Memory that a volume has let go of is kept for the next one."""

import ctypes
import os

# The numbers that malloc.h gives its parameters.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3
_MAPPED_FROM_BYTES = (
    2**25
)  # blocks from here on stand alone: the most that glibc allows
_AHEAD_BYTES = 2**26


def keep(limit_bytes: int) -> None:
    """Has this process keep freed memory, in place of giving it back to the system.

    By itself glibc gives blocks of a volume's size back, and the system clears every
    page again when the next volume asks for it: as long as reading a file, and half of
    the time that a large volume takes from a shard. Does nothing with another C
    library, or where the environment says already what malloc is to do (`MALLOC_...`).

    Args:
        limit_bytes: free memory beyond this is given back.
    """
    if any(name.startswith("MALLOC_") for name in os.environ):
        return
    if not _is_glibc():
        return
    library = ctypes.CDLL(None)
    library.mallopt(_MMAP_THRESHOLD, _MAPPED_FROM_BYTES)
    library.mallopt(_TRIM_THRESHOLD, limit_bytes)
    library.mallopt(_TOP_PAD, _AHEAD_BYTES)


def _is_glibc() -> bool:
    try:
        return (os.confstr("CS_GNU_LIBC_VERSION") or "").startswith("glibc")
    except (AttributeError, ValueError, OSError):  # a system that has no such word
        return False
