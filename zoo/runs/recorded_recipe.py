"""A recipe.toml against the recipe that was written down when training began."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipelines.errors import DataError
from pipelines.storage import config_files
from zoo.recipes.recipe import Recipe

_MISSING = "nothing"


def table(recipe: Recipe) -> dict[str, Any]:
    """The recipe as the plain table that a TOML file of it holds."""
    return tomllib.loads(config_files.to_toml(recipe))


def check(path: Path, recorded: Sequence[dict[str, Any]]) -> None:
    """Holds recipe.toml against what it may hold.

    Tables are compared, not recipes: another version of this project may have more
    fields, and comments and spaces are nobody's business.

    Args:
        path: of recipe.toml, which reads.
        recorded: the tables it may hold; empty = nothing is known, as of older runs.

    Raises:
        DataError: it holds another; which fields differ.
    """
    content = config_files.read_toml(path)
    if not recorded or content in recorded:
        return
    before, now = _flat(recorded[-1]), _flat(content)
    differing = [
        f"{name} = {now.get(name, _MISSING)} instead of {before.get(name, _MISSING)}"
        for name in sorted(before.keys() | now.keys())
        if before.get(name, _MISSING) != now.get(name, _MISSING)
    ]
    raise DataError(
        f"{path} was changed after training began: {', '.join(differing)}. Put back "
        "what it was, or begin anew with a copy of it as --recipe"
    )


def _flat(content: Any, prefix: str = "") -> dict[str, Any]:
    """Values by dotted name."""
    if not isinstance(content, dict):
        return {prefix: content}
    flat = {}
    for name, value in content.items():
        flat |= _flat(value, f"{prefix}.{name}" if prefix else name)
    return flat
