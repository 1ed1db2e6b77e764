"""What a run is begun with, once TensorFlow is there to ask.

What it takes to know is the devices, and where the recipe names them the weights, and
a trial of the network.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any

from pipelines.records.data_set import DataSet
from pipelines.tasks.task import Task
from zoo.architectures import user_defined
from zoo.architectures.architecture import Architecture
from zoo.classifier import classifier, precision
from zoo.classifier.classifier import Classifier
from zoo.recipes.recipe import Recipe
from zoo.recipes.transfer import Transfer
from zoo.targets.standardisation import Standards
from zoo.targets.target_output import outputs_of_run
from zoo.training import precision_choice
from zoo.training.loop import devices as training_devices
from zoo.training.recipe_checks import CheckedRecipe
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
    checked: CheckedRecipe,
    data: DataSet,
    *,
    weights_from: str | None = None,
    devices: int = 1,
    deterministic: bool = False,
) -> Prepared:
    """Holds a recipe against the devices, and against the weights it names.

    Args:
        weights_from, devices: as of `train_run.train`.
        deterministic: as of `zoo.fit`.

    Raises:
        UsageError: the recipe doesn't fit the machine, or its own network.
        DataError: weights that can't be read or are another network's.
    """
    architecture = checked.architecture
    recipe = on_this_device(checked.recipe, checked.shape, deterministic=deterministic)
    training_devices.check(devices, recipe.optimisation)
    facts = dict(checked.facts)
    *_, channels = checked.shape
    origin = load_weights.check(recipe, architecture, weights_from, channels=channels)
    if _needs_trial_build(recipe):
        network = _built(
            recipe, data.task, architecture, checked.shape, checked.standards
        )
        if origin is not None:
            load_weights.load(network, architecture, recipe, weights_from)
    if origin is not None:
        facts["weights"] = origin.described()
    return Prepared(recipe=recipe, standards=checked.standards, facts=facts)


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


def on_this_device(
    recipe: Recipe,
    shape: tuple[int, int, int, int],
    *,
    deterministic: bool = False,
) -> Recipe:
    """The recipe with `precision` = `"auto"` resolved, if the GPUs or CPU can do it.

    Args:
        shape: D, H, W, C of a volume.
        deterministic: what no clock may decide; see `precision_choice`.
    """
    gpus = precision.gpus()
    precision.check_xla(recipe.optimisation, gpus)
    if not gpus and recipe.optimisation.precision in precision_choice.TRIED:
        return precision_choice.settled(recipe, shape, deterministic=deterministic)
    named = precision.resolved(recipe.optimisation.precision, gpus)
    optimisation = dataclasses.replace(recipe.optimisation, precision=named)
    return dataclasses.replace(recipe, optimisation=optimisation)
