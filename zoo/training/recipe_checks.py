"""Whether a recipe can be trained on a data set: asked before anything is written.

What another command line would cure is a UsageError, what wants other data a DataError.
Nothing here loads TensorFlow or Keras: these answers come at once. What only they can
tell, `preparation` asks afterwards.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any

from pipelines.augment.intensity import channels as intensity_channels
from pipelines.batches import class_quotas
from pipelines.batches.selection import channel_indices
from pipelines.batches.slices import Slices
from pipelines.errors import UsageError
from pipelines.records import held_out_classes
from pipelines.records.data_set import DataSet
from pipelines.tasks.task import Task
from zoo.architectures import registry
from zoo.architectures.architecture import Architecture
from zoo.classifier import input_checks
from zoo.recipes.recipe import Recipe
from zoo.runs import environment_file
from zoo.runs.run import Run
from zoo.targets.standardisation import Standards
from zoo.targets.target_output import outputs_of_task
from zoo.training import lr_range_curve
from zoo.training.data import mixmatch_checks, split_checks, standardise
from zoo.training.losses import loss_settings
from zoo.weights import origin_patients, origin_run
from zoo.weights import recipe_checks as weights_checks


@dataclass(frozen=True, kw_only=True)
class CheckedRecipe:
    """A recipe that a data set can carry.

    Args:
        recipe: with what it left to the task, or to the run that its weights come from.
        shape: D, H, W, C of what the network is given.
        standards: computed on the training split.
        facts: of the patients behind the weights, for environment.json.
    """

    recipe: Recipe
    architecture: Architecture
    shape: tuple[int, int, int, int]
    standards: Standards
    facts: dict[str, Any]


def check(
    recipe: Recipe,
    data: DataSet,
    *,
    fold: str | None,
    weights_from: str | None = None,
    devices: int = 1,
    allow_seen_patients: bool = False,
) -> CheckedRecipe:
    """Holds a recipe against a data set.

    Args:
        weights_from, devices: as of `train_run.train`.
        allow_seen_patients: as of `new_run.begin`.

    Raises:
        UsageError: the recipe, fold or devices don't fit the data set or each other,
            weights are not there, or patients that judge the run trained the one that
            its weights come from, or that one knows a class that this one is not to.
        DataError: splits that can't carry a run.
    """
    data = held_out_classes.without(data, recipe.unknown_classes)
    architecture = registry.get(recipe.arch)
    check_slices(recipe, architecture)
    _check_weights_from(recipe, weights_from)
    channels = channel_indices(data.task, recipe.sequences)
    targets = split_checks.targets(data, fold)
    intensity_channels.check(recipe.augmentation.intensity.operations, len(channels))
    recipe = watched(recipe, data.task)
    target_outputs = outputs_of_task(data.task)
    loss_settings.check(target_outputs, recipe.optimisation)
    mixmatch_checks.check_devices(recipe, devices)
    facts = {}
    if recipe.weights == "run":
        theirs = origin_run.opened(recipe, weights_from)
        recipe = origin_run.resolved(recipe, architecture, theirs)
        _check_unknown(recipe, theirs)
        patients = origin_patients.trained(theirs, data)
        seen = origin_patients.seen(patients, data, fold)
        if not allow_seen_patients:
            origin_patients.check(theirs, seen)
        facts |= environment_file.of_origin(patients, seen)
    shape = (*data.task.grid.shape, len(channels))
    input_checks.check(recipe, architecture, shape)
    split_checks.check(targets, target_outputs, recipe.optimisation.monitor)
    _check_steps(recipe, data, fold, targets)
    mixmatch_checks.check(recipe, data, fold, architecture.rank)
    standards = standardise.standards(data, recipe, fold)
    standardise.encoded(data, recipe.baseline_covariates, fold)
    weights_checks.check(recipe, architecture, weights_from, channels=len(channels))
    return CheckedRecipe(
        recipe=recipe,
        architecture=architecture,
        shape=shape,
        standards=standards,
        facts=facts,
    )


def _check_unknown(recipe: Recipe, origin: Run) -> None:
    """Raises a UsageError where the weights know a class that the run is not to."""
    known = [name for name in recipe.unknown_classes or () if name in origin.classes]
    if known:
        raise UsageError(
            f"the weights come from {origin.path}, which learned {', '.join(known)}: "
            "what it knows is not unknown to a run that begins with its weights. Take "
            "a run that held out the same classes, or leave --weights out"
        )


def _check_weights_from(recipe: Recipe, weights_from: str | None) -> None:
    """Weights that no recipe takes, or a recipe that takes them from nowhere."""
    if recipe.weights == "none" and weights_from is not None:
        raise UsageError(
            "the recipe takes no weights, so none can be named. Set weights to "
            "'imagenet', 'file' or 'run', or leave the place of weights out. Received: "
            f"weights='none', weights_from={weights_from!r}"
        )
    if recipe.weights in ("file", "run") and weights_from is None:
        raise UsageError(
            f"the recipe takes its weights from a {recipe.weights}, which no recipe "
            "names. Name it (weights_from)"
        )


def _check_steps(
    recipe: Recipe, data: DataSet, fold: str | None, targets: split_checks.Targets
) -> None:
    """Whether the training samples fill batches, updates, warm-up and range test."""
    optimisation = recipe.optimisation
    split_checks.check_batch(targets, optimisation)
    split_checks.check_update(targets, optimisation)
    split_checks.check_warmup(targets, recipe)
    class_quotas.check(optimisation.balance, data, fold, optimisation.batch_size)
    if optimisation.learning_rate == "auto":
        steps = len(targets["train"]) // optimisation.batch_size
        lr_range_curve.count_updates(steps, optimisation)


def watched(recipe: Recipe, task: Task) -> Recipe:
    """The recipe with a monitor that the main target has: numbers have no AUC."""
    monitors = outputs_of_task(task)[0].kind.monitors
    if recipe.optimisation.monitor in monitors:
        return recipe
    optimisation = dataclasses.replace(recipe.optimisation, monitor=monitors[0])
    return dataclasses.replace(recipe, optimisation=optimisation)


def check_slices(recipe: Recipe, architecture: Architecture) -> None:
    """Raises a UsageError for a slice policy where whole volumes are seen."""
    if architecture.rank == 3 and recipe.slices != Slices():
        raise UsageError(
            f"{architecture.name} sees whole volumes, so the recipe can't choose "
            f"slices. Leave [slices] out. Received: {recipe.slices}"
        )
