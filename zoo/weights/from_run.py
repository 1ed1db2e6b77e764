"""The backbone of a finished run as the start of another."""

import dataclasses
import os

import keras

from pipelines.errors import DataError, UsageError
from zoo.architectures.architecture import Architecture
from zoo.classifier import layers as classifier_layers
from zoo.recipes.recipe import Recipe
from zoo.runs.run import Run
from zoo.weights import assign as assign_weights


def opened(recipe: Recipe, source: str | os.PathLike | None) -> Run:
    """The run that a recipe takes its weights from.

    Raises:
        UsageError: none is named, or it is of another architecture.
        DataError: no run directory, or the run is unfinished.
    """
    if source is None:
        raise UsageError(
            "the recipe takes its weights from a run. Name its directory by "
            "--weights RUN"
        )
    run = Run.resume(source)
    run.require(run.model_path)
    if run.recipe.arch != recipe.arch:
        raise UsageError(
            f"the run {run.path} is of {run.recipe.arch}. Its weights fit no "
            f"{recipe.arch}: take --arch {run.recipe.arch}"
        )
    return run


def resolved(recipe: Recipe, architecture: Architecture, run: Run) -> Recipe:
    """The recipe with `pixels = "auto"` as the run of its weights had it."""
    if recipe.pixels != "auto":
        return recipe
    theirs = classifier_layers.effective_pixels(run.recipe, architecture)
    return dataclasses.replace(recipe, pixels=theirs)


def check(
    recipe: Recipe, architecture: Architecture, run: Run, *, channels: int
) -> None:
    """Raises a UsageError where the recipe feeds the weights something else.

    Args:
        channels: of the volumes.
    """
    settings = {
        "normalisation": (recipe.normalisation, run.recipe.normalisation),
        "pixels": (
            resolved(recipe, architecture, run).pixels,
            classifier_layers.effective_pixels(run.recipe, architecture),
        ),
        "channels seen at once": (
            _seen(channels, recipe, architecture),
            _seen(len(run.channels), run.recipe, architecture),
        ),
    }
    differing = [
        f"{name} {ours} instead of {theirs}"
        for name, (ours, theirs) in settings.items()
        if ours != theirs
    ]
    if differing:
        raise UsageError(
            f"the weights of {run.path} were trained on other input. Received: "
            f"{', '.join(differing)}. Take the run's own"
        )


def load(backbone: keras.Model, run: Run) -> None:
    """Gives a backbone the weights of a run's.

    Raises:
        DataError: the model can't be read, or has another backbone.
    """
    try:
        model = keras.models.load_model(run.model_path, compile=False)
        theirs = model.get_layer(backbone.name)
    except (OSError, ValueError) as error:
        raise DataError(
            f"{run.model_path} holds no {backbone.name}: {error}"
        ) from error
    arrays = {
        name: keras.ops.convert_to_numpy(weight)
        for name, weight in assign_weights.by_name(theirs).items()
    }
    assign_weights.assign(assign_weights.by_name(backbone), arrays, str(run.model_path))


def _seen(channels: int, recipe: Recipe, architecture: Architecture) -> int:
    beside = recipe.slices.adjacent if architecture.rank == 2 else 1
    return beside * channels
