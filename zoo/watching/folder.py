"""The files below a watched folder, as listings show them: no file is opened."""

import os
from collections.abc import Iterator

# Names that transfer programs give to what is not yet whole: `.part` and the like at
# the end, rsync's and others' at the beginning.
_TEMPORARY_ENDS = (
    *(".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload"),
    *(".incomplete", ".writing", ".lock", ".swp", "~"),
)
_TEMPORARY_STARTS = (".", "~", "#")


def files(
    root: str | os.PathLike, unreadable: list[str]
) -> Iterator[tuple[str, os.DirEntry]]:
    """Every regular file below `root`, by its path below it.

    Links are not followed, neither to files nor to folders: what they lead to is seen
    where it is, or is not of this folder.

    Args:
        unreadable: gets the paths of the folders below that can't be listed, each
            with a separator at its end.

    Raises:
        OSError: `root` itself can't be listed.
    """
    ahead = [""]
    while ahead:
        below = ahead.pop()
        try:
            with os.scandir(os.path.join(root, below)) as entries:
                inside = list(entries)
        except FileNotFoundError:
            if not below:
                raise
            continue  # removed since the folder above was listed
        except OSError:
            if not below:
                raise
            unreadable.append(below)
            continue
        for entry in inside:
            if entry.is_dir(follow_symlinks=False):
                ahead.append(os.path.join(below, entry.name, ""))
            elif entry.is_file(follow_symlinks=False):
                yield below + entry.name, entry


def is_temporary(path: str) -> bool:
    """Whether a file is named as transfer programs name what they still write."""
    name = os.path.basename(path).lower()
    return name.startswith(_TEMPORARY_STARTS) or name.endswith(_TEMPORARY_ENDS)
