"""TOML files that a package ships, by their names."""

from importlib import resources
from pathlib import Path
from typing import TypeVar

from pipelines.errors import UsageError
from pipelines.storage.config_files import load_toml

Value = TypeVar("Value")


def names(package: str, folder: str) -> list[str]:
    """Names of the TOML files in a folder of a package, without their ending."""
    files = resources.files(package).joinpath(folder).iterdir()
    return sorted(f.name[: -len(".toml")] for f in files if f.name.endswith(".toml"))


def load(
    kind: type[Value], name_or_path: str, *, package: str, folder: str, word: str
) -> Value:
    """Reads a `kind` from a `.toml` file, or from a shipped one by its name.

    Args:
        word: what the error calls it, e.g. `"task"`.

    Raises:
        UsageError: neither a file nor a shipped name.
        DataError: the file does not describe a `kind`.
    """
    if Path(name_or_path).suffix == ".toml":
        if not Path(name_or_path).exists():
            raise UsageError(f"the {word} file {name_or_path} does not exist")
        return load_toml(kind, name_or_path)
    known = names(package, folder)
    if name_or_path not in known:
        raise UsageError(
            f"no {word} named {name_or_path!r}. Name a .toml file or one of "
            f"{', '.join(known)}"
        )
    shipped = resources.files(package).joinpath(folder, f"{name_or_path}.toml")
    with resources.as_file(shipped) as path:
        return load_toml(kind, path)
