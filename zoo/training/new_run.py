"""Begins a run: its directory, after everything that can be checked beforehand."""

import os
import sys
from typing import Any

from pipelines.pseudonyms import with_letter
from pipelines.records import directory, held_out_classes
from pipelines.records.data_set import DataSet
from pipelines.storage import output_paths, remote
from zoo.recipes.recipe import Recipe
from zoo.runs import new_directory
from zoo.runs.run import Run
from zoo.training import recipe_checks
from zoo.training.data import split_checks


def begin(
    path: str | os.PathLike | None,
    *,
    recipe: Recipe,
    data: DataSet,
    fold: str | None,
    options: dict[str, Any],
    weights_from: str | None = None,
    allow_seen_patients: bool = False,
    devices: int = 1,
) -> Run:
    """Makes the run directory, after everything that can be checked beforehand.

    A recipe that starts from another run is written down with the `pixels` of that run,
    one that leaves the precision to the device with what that is.

    Args:
        path: none = a name made of the time, see `Run.create`.
        weights_from, devices: as of `train_run.train`.
        allow_seen_patients: begin even if patients of the validation or test split
            trained the run that the weights come from; the outputs then say so.
        options: what environment.json is to say of the call; no paths, no names.
    Raises:
        UsageError: `path` exists or can't be written, or as
            `recipe_checks.check` and `preparation.prepare`.
        DataError: as these, or the disk can't be written.
    """
    new_directory.check_new(path)
    data = held_out_classes.without(data, recipe.unknown_classes)
    fold = None if fold is None else with_letter(fold)
    if path is not None:
        output_paths.check_directory(path, "--out")
    checked = recipe_checks.check(
        recipe,
        data,
        fold=fold,
        weights_from=weights_from,
        devices=devices,
        allow_seen_patients=allow_seen_patients,
    )
    from zoo.runs import environment  # they load TensorFlow: what needs none came first
    from zoo.training import preparation

    prepared = preparation.prepare(
        checked,
        data,
        weights_from=weights_from,
        devices=devices,
        deterministic=options.get("deterministic", False),
    )
    _say_what_is_left_out(recipe, data, fold)
    facts = {"options": options, **prepared.facts}
    return Run.create(
        path,
        recipe=prepared.recipe,
        data_set_json=_described(data),
        fold=fold,
        environment={**facts, **environment.describe()},
        standards=prepared.standards,
    )


def _described(data: DataSet) -> str:
    """Its dataset.json; where classes are held out that of what is left."""
    if data.task.target.held_out_classes:
        return directory.to_json(data)
    return remote.read_text(remote.join(data.path, "dataset.json"))


def _say_what_is_left_out(recipe: Recipe, data: DataSet, fold: str | None) -> None:
    """Tells the terminal of epochs that leave out more than a tenth of the samples."""
    samples = len(split_checks.targets(data, fold)["train"])
    sentence = split_checks.left_out(samples, recipe.optimisation)
    if sentence:
        print(sentence, file=sys.stderr)
