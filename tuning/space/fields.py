"""The fields of a recipe by their names with sections, and those that a sweep owns."""

import dataclasses
import difflib
from collections.abc import Mapping
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from pipelines.errors import UsageError
from pipelines.storage import config_files
from zoo.recipes.recipe import Recipe

# What is not searched, with the reason; sections end with a dot.
OWNED = {
    "seed": "it is the sweep's own, --seed, and no setting to be chosen",
    "evaluation.": "it changes the evidence and not the network",
    "optimisation.monitor": (
        "by it the best epoch is chosen: fix it for all trials, --optimisation.monitor"
    ),
}

_TYPES = {
    bool: (bool, "true or false"),
    str: (str, "a text"),
    int: (int, "a whole number"),
    float: (int | float, "a number"),
}


def names() -> tuple[str, ...]:
    """All fields, sections among them, as a space file names them."""
    return tuple(_names(Recipe, ""))


def check(name: str, owned: Mapping[str, str] = OWNED) -> None:
    """Holds a parameter's name against the fields that there are.

    Args:
        owned: fields and sections that are not searched, with the reason.

    Raises:
        UsageError: no such field, with the nearest one, or one that is not searched.
    """
    known = names()
    if name not in known:
        raise UsageError(f"a recipe has no field {name!r}{_nearest(name, known)}")
    for field, reason in owned.items():
        inside = f"{name}." == field or name.startswith(field)
        if name == field or (field.endswith(".") and inside):
            raise UsageError(f"{name} is not searched: {reason}. Leave its line out")
        if field.startswith(f"{name}."):
            raise UsageError(
                f"{name} is not searched as a whole, since {field} is in it: {reason}. "
                f"Search the fields of {name} by their names"
            )


def value(recipe: Recipe, name: str, *, asked_by: str) -> Any:
    """What a field holds, as a recipe file has it.

    Args:
        asked_by: the parameter whose condition asks, for the error.

    Raises:
        UsageError: no such field.
    """
    if name not in names():
        known = (*names(), "rank")
        raise UsageError(
            f"{asked_by}: its condition names {name!r}, which is no field of a recipe"
            f"{_nearest(name, known)}"
        )
    held: Any = config_files.plain(recipe)
    for part in name.split("."):
        held = held.get(part) if isinstance(held, dict) else None
    return held


def check_value(name: str, value: Any, *, asked_by: str) -> None:
    """Refuses, in a condition on a field, what that field never holds.

    Args:
        asked_by: the parameter whose condition asks, for the error.

    Raises:
        UsageError: a word that is none of the field's, or a value of another type.
    """
    kind = _kind(name)
    if get_origin(kind) is Literal:
        fits, wanted = value in get_args(kind), f"one of {list(get_args(kind))}"
    elif kind in _TYPES:
        types, wanted = _TYPES[kind]
        fits = isinstance(value, types) and isinstance(value, bool) == (kind is bool)
    else:
        return
    if not fits:
        raise UsageError(
            f"{asked_by}: its condition on {name} can't be met: that field is "
            f"{wanted}. Received: {value!r}"
        )


def is_whole(name: str) -> bool:
    """Whether a field holds whole numbers and no fractions."""
    kind = _kind(name)
    either = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    return int in either and float not in either


def _kind(name: str) -> Any:
    """The type of a field that there is, without what its option is called."""
    kind: Any = Recipe
    for part in name.split("."):
        kind = get_type_hints(kind)[part]
    return kind


def _names(kind: type, prefix: str) -> list[str]:
    found = []
    for field in dataclasses.fields(kind):
        found.append(prefix + field.name)
        if isinstance(field.type, type) and dataclasses.is_dataclass(field.type):
            found += _names(field.type, f"{prefix}{field.name}.")
    return found


def _nearest(name: str, known: tuple[str, ...]) -> str:
    """The field that was meant: by its whole name, or by its last part."""
    last = name.rpartition(".")[2]
    same = [field for field in known if field.rpartition(".")[2] == last]
    near = same or difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f". Did you mean {near[0]!r}?" if near else ""
