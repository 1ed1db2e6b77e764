"""In which precision the networks of a sweep compute: settled once for each of them.

    OUT/precision.json    what was settled, by a digest of the network

A recipe that leaves it open (`"auto"`) would have each fold ask a clock. Here it is
asked before the first fold of the first trial with a network; the trials' recipes, and
all that go on with the sweep, take what is written down.
"""

import hashlib
import math
from pathlib import Path
from typing import Any

import pipelines
from pipelines.storage import atomic_files, lock
from tuning.trials.sweep import Sweep
from zoo.recipes.recipe import Recipe
from zoo.runs import json_objects
from zoo.training import precision_choice

FILE = "precision.json"
_LOCK = ".precision.lock"
_LEFT_OPEN = "auto"


def settled(sweep: Sweep, recipe: Recipe, data: str) -> Recipe:
    """A trial's recipe, with a precision that its folds take as written.

    A process of its own tries the network; where several workers ask at once, one does
    so and the others wait for it.

    Args:
        data: where the folds are.

    Raises:
        UsageError: the network can't see the data's volumes.
        DataError: the file can't be read.
        OSError: it can't be written.
    """
    if recipe.optimisation.precision != _LEFT_OPEN:
        return recipe
    shape = precision_choice.shape_seen(recipe, pipelines.open_dataset(data).task)
    network = precision_choice.network(recipe, shape)
    digest = hashlib.sha256(network.encode()).hexdigest()[:16]
    holding = {"subject": str(sweep.path / FILE), "wait_seconds": math.inf}
    with lock.hold(sweep.path / _LOCK, **holding):
        known = networks(sweep)
        if digest not in known:
            named, why = precision_choice.decided(
                recipe, shape, deterministic=sweep.settings.deterministic
            )
            known[digest] = {"arch": recipe.arch, "precision": named, "why": why}
            atomic_files.write_text(sweep.path / FILE, json_objects.text(known))
    path = sweep.path / FILE
    named = json_objects.entry(known[digest], "precision", str, path=path)
    return precision_choice.computing_in(recipe, named)


def networks(sweep: Sweep) -> dict[str, dict[str, Any]]:
    """What was settled so far: by network `arch`, `precision` and `why`.

    Raises:
        DataError: the file can't be read.
    """
    path = sweep.path / FILE
    content = json_objects.read(path) if path.is_file() else {}
    return {key: json_objects.entry(content, key, dict, path=path) for key in content}


def inherit(sweep: Sweep, path: Path) -> None:
    """Has a sweep inside another one begin with what that settled.

    Args:
        path: of the sweep inside.
    """
    known = networks(sweep)
    if known and not (path / FILE).exists():
        atomic_files.write_text(path / FILE, json_objects.text(known))
