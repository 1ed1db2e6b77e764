"""The directories where weights are looked for, and where they are fetched to."""

import os
from pathlib import Path

VARIABLE = "ZOO_WEIGHTS"


def directories() -> tuple[Path, ...]:
    """Those that `ZOO_WEIGHTS` names, separated as in PATH, or else the user's cache.

    The first is the one that files are fetched to. The cache is
    `mri-volume-zoo/weights` in `XDG_CACHE_HOME`, or in `~/.cache` where that is not
    set.
    """
    named = os.environ.get(VARIABLE, "")
    folders = tuple(Path(part) for part in named.split(os.pathsep) if part)
    if folders:
        return folders
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return (Path(caches) / "mri-volume-zoo" / "weights",)
