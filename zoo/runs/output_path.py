"""Where a command will write, held against the disk before the work is done."""

import os
from pathlib import Path

from pipelines.errors import UsageError


def check_writable(path: str | os.PathLike, option: str) -> None:
    """Raises a UsageError where nothing can be made at `path`, which is not there yet.

    Args:
        option: that names another place, as the cure says it: `"--out"`.
    """
    folder = Path(path).absolute().parent
    while not os.path.lexists(folder):
        folder = folder.parent
    if not folder.is_dir():
        raise UsageError(
            f"{os.fspath(path)} can't be made: {folder} is no directory. Choose "
            f"another {option}"
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(
            f"{os.fspath(path)} can't be made: {folder} can't be written. Choose "
            f"another {option}"
        )
