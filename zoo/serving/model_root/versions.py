"""The numbered folders of a model: which there are, which is next, which are whole."""

import os
import re
from pathlib import Path

from pipelines.errors import DataError, UsageError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_NUMBER = re.compile(r"[0-9]+")


def check_name(name: str) -> None:
    """Whether a name may stand in paths, URLs and configuration files.

    Raises:
        UsageError: it may not.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            "a model's name is made of letters, digits, '.', '_' and '-', and begins "
            f"with a letter or digit. Received: {name!r}"
        )


def folders(root: str | os.PathLike, name: str) -> dict[int, Path]:
    """The folders that TensorFlow Serving takes for versions, by number, rising."""
    parent = Path(root) / name
    if not parent.is_dir():
        return {}
    numbered = [
        path
        for path in parent.iterdir()
        if _NUMBER.fullmatch(path.name) and path.is_dir()
    ]
    return {int(path.name): path for path in sorted(numbered, key=lambda p: p.name)}


def next_version(root: str | os.PathLike, name: str) -> int:
    """The number of the next version of a model: 1, or one more than the highest.

    Raises:
        UsageError: the name is none for a model.
    """
    check_name(name)
    return max(folders(root, name), default=0) + 1


def check_whole(root: str | os.PathLike, name: str, version: int) -> None:
    """Whether a version is there, with its graph.

    Raises:
        UsageError: no such model or version.
        DataError: its folder holds no SavedModel.
    """
    check_name(name)
    known = folders(root, name)
    if not known:
        raise UsageError(
            f"{root} holds no model named {name}. {_models(root)}; export one with "
            "python -m zoo.export"
        )
    if version not in known:
        raise UsageError(
            f"the model {name} has no version {version}. It has "
            f"{', '.join(map(str, sorted(known)))}"
        )
    if not (known[version] / "saved_model.pb").is_file():
        raise DataError(
            f"version {version} of {name} is not whole: {known[version]} holds no "
            "saved_model.pb. Remove the folder and export the version anew"
        )


def _models(root: str | os.PathLike) -> str:
    """Which models there are, for errors."""
    root = Path(root)
    inside = sorted(root.iterdir()) if root.is_dir() else []
    names = [path.name for path in inside if path.is_dir() and folders(root, path.name)]
    return f"It holds {', '.join(names)}" if names else "It holds none"
