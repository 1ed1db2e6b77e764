"""Whether a recipe can be trained on a data set: asked before anything is written.

What another command line would cure is a UsageError, what wants other data a DataError.
"""

import dataclasses
import sys
from dataclasses import dataclass
from typing import Any

from pipelines.augment.intensity import apply as apply_intensity
from pipelines.batches import dataset
from pipelines.batches.selection import channel_indices
from pipelines.batches.slices import Slices
from pipelines.errors import UsageError
from pipelines.records.data_set import DataSet
from pipelines.tasks.task import Task
from zoo.architectures import registry, user_defined
from zoo.architectures.architecture import Architecture
from zoo.classifier import classifier, precision
from zoo.classifier.classifier import Classifier
from zoo.recipes.recipe import Recipe
from zoo.recipes.transfer import Transfer
from zoo.runs import environment_file
from zoo.targets.standardisation import NOTHING, Standards
from zoo.targets.target_output import outputs_of_run, outputs_of_task
from zoo.training import lr_range_test
from zoo.training.data import split_checks, standardise, unlabelled
from zoo.training.data.training_data import batch_settings
from zoo.training.loop import devices as training_devices
from zoo.training.losses import losses
from zoo.weights import from_run, origin_patients
from zoo.weights import load as load_weights


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What a run is begun with.

    Args:
        recipe: with what it left to the device, to the task, or to the run that its
            weights come from.
        standards: computed on the training split.
        facts: of the weights, for environment.json.
    """

    recipe: Recipe
    standards: Standards
    facts: dict[str, Any]


def prepare(
    recipe: Recipe,
    data: DataSet,
    *,
    fold: str | None,
    weights_from: str | None = None,
    devices: int = 1,
    allow_seen_patients: bool = False,
) -> Prepared:
    """Holds a recipe against a data set, the devices and the weights it names.

    Args:
        weights_from, devices: as of `train_run.train`.
        allow_seen_patients: as of `train_run.begin`.

    Raises:
        UsageError: the recipe, fold or devices don't fit the data set, each other or
            the machine, or patients that judge the run trained the one that its
            weights come from.
        DataError: splits that can't carry a run, or weights that are not there or are
            another network's.
    """
    architecture = registry.get(recipe.arch)
    check_slices(recipe, architecture)
    _check_weights_from(recipe, weights_from)
    channels = channel_indices(data.task, recipe.sequences)
    targets = split_checks.targets(data, fold)
    apply_intensity.check(recipe.augmentation.intensity.operations, len(channels))
    recipe = on_this_device(watched(recipe, data.task), architecture.rank)
    target_outputs = outputs_of_task(data.task)
    losses.check(target_outputs, recipe.optimisation)
    training_devices.check(devices, recipe.optimisation)
    unlabelled.check_devices(recipe, devices)
    facts = {}
    if recipe.weights == "run":
        theirs = from_run.opened(recipe, weights_from)
        recipe = from_run.resolved(recipe, architecture, theirs)
        patients = origin_patients.trained(theirs, data)
        seen = origin_patients.seen(patients, data, fold)
        if not allow_seen_patients:
            origin_patients.check(theirs, seen)
        facts |= environment_file.of_origin(patients, seen)
    shape = (*data.task.grid.shape, len(channels))
    classifier.check(recipe, architecture, shape)
    split_checks.check(targets, target_outputs, recipe.optimisation.monitor)
    _check_steps(recipe, data, fold, targets)
    unlabelled.check(recipe, data, fold, architecture.rank)
    standards = standardise.standards(data, recipe, fold)
    standardise.encoded(data, recipe.baseline_covariates, fold)
    origin = load_weights.check(
        recipe, architecture, weights_from, channels=len(channels)
    )
    if _needs_trial_build(recipe):
        network = _built(recipe, data.task, architecture, shape, standards)
        if origin is not None:
            load_weights.load(network, architecture, recipe, weights_from)
    if origin is not None:
        facts["weights"] = origin.described()
    return Prepared(recipe=recipe, standards=standards, facts=facts)


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
    settings = batch_settings(recipe, fold, NOTHING)
    dataset.check_balance(data, settings, optimisation.balance)
    if optimisation.learning_rate == "auto":
        steps = len(targets["train"]) // optimisation.batch_size
        lr_range_test.count_updates(steps, optimisation)


def _built(
    recipe: Recipe,
    task: Task,
    architecture: Architecture,
    shape: tuple[int, int, int, int],
    standards: Standards,
) -> Classifier:
    """The network as training will build it; `shape` as of `classifier.build`."""
    return classifier.build(
        recipe,
        architecture,
        shape=shape,
        target_outputs=outputs_of_run(task, standards),
        seed=recipe.seed,
        covariates=len(standards.encoding.names),
    )


def _needs_trial_build(recipe: Recipe) -> bool:
    """Whether only the network itself shows that it can be built as the recipe says."""
    named_layers = recipe.transfer != Transfer()
    foreign = user_defined.SEPARATOR in recipe.arch
    return named_layers or foreign or recipe.weights != "none"


def on_this_device(recipe: Recipe, rank: int) -> Recipe:
    """The recipe with `precision` = `"auto"` resolved, if the GPUs or CPU can do it."""
    gpus = precision.gpus()
    precision.check_xla(recipe.optimisation, gpus)
    named = precision.resolved(recipe.optimisation.precision, gpus, rank=rank)
    optimisation = dataclasses.replace(recipe.optimisation, precision=named)
    return dataclasses.replace(recipe, optimisation=optimisation)


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


def say_what_is_left_out(recipe: Recipe, data: DataSet, fold: str | None) -> None:
    """Tells the terminal of epochs that leave out more than a tenth of the samples."""
    samples = len(split_checks.targets(data, fold)["train"])
    sentence = split_checks.left_out(samples, recipe.optimisation)
    if sentence:
        print(sentence, file=sys.stderr)
