"""Where a new version of a model comes to lie."""

import os
import re
from pathlib import Path

from pipelines.errors import UsageError
from zoo.serving.exporting import version_directory

_NAME = re.compile(r"[A-Za-z0-9_-]+")


def path(to: str | os.PathLike, name: str, version: int | None) -> Path:
    """`TO/NAME/N`, which is not there yet.

    Args:
        version: its number; none = one more than the largest that is there.

    Raises:
        UsageError: a name that no address of a server can have, a version below 1, or
            one that is there.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            "a model's name is made of letters, digits, _ and - alone. "
            f"Received: {name!r}"
        )
    if version is None:
        version = _next(Path(to) / name)
    if version < 1:
        raise UsageError(f"a version is 1 or more. Received: {version}")
    target = Path(to) / name / str(version)
    version_directory.check_new(target)
    return target


def _next(folder: Path) -> int:
    there = [int(p.name) for p in folder.glob("*") if p.name.isdecimal()]
    return max(there, default=0) + 1
