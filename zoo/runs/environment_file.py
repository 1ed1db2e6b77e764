"""environment.json of a run: how it was begun, and where."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.pseudonyms import with_letter
from pipelines.storage import atomic_files
from zoo.runs import json_objects

_RECIPES = "recipes"
_ORIGIN_PATIENTS = "origin_patients"
_SEEN_PATIENTS = "seen_patients"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a run has to know again of how it was begun.

    Args:
        fold: left out in training; none where the data set has no folds.
        data_named: whether it was begun with a data set of the user's, not the phantom.
        leaves_test: whether its test split stays unread.
        deterministic: whether it keeps to operations that repeat themselves.
        weights_sha256: of the file of its pretrained weights, 64 hex digits; "" = none.
        origin_patients: pseudonyms of those that trained the run whose weights it
            begins with, and the runs before that one.
        seen_patients: how many of these are in its own splits, by split, where that
            was allowed.
        recipes: that recipe.toml may hold, as plain tables: one, but for the moment in
            which another takes its place; empty for runs of older versions.
    """

    fold: str | None = None
    data_named: bool = True
    leaves_test: bool = False
    deterministic: bool = False
    weights_sha256: str = ""
    origin_patients: tuple[str, ...] = ()
    seen_patients: dict[str, int] = field(default_factory=dict)
    recipes: tuple[dict[str, Any], ...] = ()


def read(path: Path) -> Facts:
    """What environment.json says; pseudonyms of runs of before as written today.

    Raises:
        DataError: it is missing or damaged.
    """
    content = json_objects.read(path)
    options = json_objects.entry(content, "options", dict, path=path)

    def optional(owner: dict[str, Any], key: str, kind: type, default: Any) -> Any:
        if key not in owner:
            return default
        return json_objects.entry(owner, key, kind, path=path)

    left = optional(options, "leave_test", bool, False)
    weights = optional(content, "weights", dict, {})
    fold = json_objects.entry(content, "fold", str | None, path=path)
    return Facts(
        fold=None if fold is None else with_letter(fold),
        data_named=options.get("data") == "named",
        leaves_test=left and not optional(content, "test_judged", bool, False),
        deterministic=optional(options, "deterministic", bool, False),
        weights_sha256=optional(weights, "sha256", str, ""),
        origin_patients=tuple(
            map(with_letter, _texts(content, _ORIGIN_PATIENTS, path))
        ),
        seen_patients=optional(content, _SEEN_PATIENTS, dict, {}),
        recipes=tuple(optional(content, _RECIPES, list, [])),
    )


def of_origin(patients: Iterable[str], seen: Mapping[str, int]) -> dict[str, Any]:
    """The entries on the run that the weights come from, see `Facts`."""
    entries: dict[str, Any] = {_ORIGIN_PATIENTS: sorted(patients)}
    return entries | ({_SEEN_PATIENTS: dict(seen)} if seen else {})


def of_recipes(*tables: dict[str, Any]) -> dict[str, Any]:
    """The entry that says what recipe.toml may hold."""
    return {_RECIPES: list(tables)}


def edit(path: Path, **entries: Any) -> None:
    """Sets entries of the file, whole or not at all.

    Raises:
        DataError: it can't be read.
    """
    content = json_objects.read(path) | entries
    atomic_files.write_text(path, json_objects.text(content))


def _texts(content: dict[str, Any], key: str, path: Path) -> list[str]:
    return json_objects.texts(content, key, path=path) if key in content else []
