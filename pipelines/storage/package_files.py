"""Files that a package ships: where they lie, and TOML files by their names."""

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import TypeVar

from pipelines.errors import UsageError
from pipelines.storage.config_files import load_toml

Value = TypeVar("Value")


def path(package: str, name: str) -> Path:
    """Where a file or folder of a package lies.

    Args:
        package: a package at the top, e.g. `"zoo"`.
        name: below it, parts joined by `/`.
    """
    return Path(str(resources.files(package).joinpath(*name.split("/"))))


def names(package: str, folder: str) -> list[str]:
    """Names of the TOML files in a folder of a package, without their ending."""
    return sorted(file.stem for file in path(package, folder).glob("*.toml"))


def load(
    kind: type[Value],
    name_or_path: str,
    *,
    package: str,
    folder: str,
    word: str,
    examples: Mapping[str, str] | None = None,
) -> Value:
    """Reads a `kind` from a `.toml` file, or from a shipped one by its name.

    Args:
        word: what the error calls it, e.g. `"task"`.
        examples: as in `config_files.load_toml`.

    Raises:
        UsageError: neither a file nor a shipped name.
        DataError: the file does not describe a `kind`.
    """
    if Path(name_or_path).suffix == ".toml":
        if not Path(name_or_path).exists():
            raise UsageError(f"the {word} file {name_or_path} does not exist")
        return load_toml(kind, name_or_path, examples=examples)
    known = names(package, folder)
    if name_or_path not in known:
        raise UsageError(
            f"no {word} named {name_or_path!r}. Name a .toml file or one of "
            f"{', '.join(known)}"
        )
    return load_toml(kind, path(package, f"{folder}/{name_or_path}.toml"))
