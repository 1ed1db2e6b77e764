"""How much memory this process holds."""

import os
import resource
import sys
from pathlib import Path

_STATM = Path("/proc/self/statm")
_RESIDENT = 1  # of its columns, in pages


def megabytes() -> float:
    """Resident memory in MB of 10^6 bytes; on systems without /proc the most so far."""
    if _STATM.is_file():
        pages = int(_STATM.read_text(encoding="ascii").split()[_RESIDENT])
        return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 3)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(most / (1e6 if sys.platform == "darwin" else 1e3), 3)
