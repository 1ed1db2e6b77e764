"""The backbone of a finished run as the start of another."""

import dataclasses
import os
import zipfile
import zlib

import keras

from pipelines.errors import DataError, UsageError
from zoo.architectures.architecture import Architecture
from zoo.architectures.reseeding import stable_names
from zoo.classifier import layers as classifier_layers
from zoo.classifier.classifier import Classifier
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
    run = Run.open(source)
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


def load(classifier: Classifier, run: Run) -> None:
    """Gives the backbone the weights of a run's.

    What the maker of a network left unnamed has the same name in both, however many
    networks a process built before.

    Raises:
        DataError: the model can't be read, or has another backbone.
    """
    backbone = classifier.backbone
    name = stable_names(classifier.inference)[backbone.name]
    try:
        model = keras.models.load_model(run.model_path, compile=False)
        present = {stable: present for present, stable in stable_names(model).items()}
        theirs = model.get_layer(present[name])
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(f"{run.model_path} holds no {name}: {error}") from error
    arrays = {
        name: keras.ops.convert_to_numpy(weight)
        for name, weight in _by_stable_name(theirs).items()
    }
    assign_weights.assign(_by_stable_name(backbone), arrays, str(run.model_path))


def _by_stable_name(backbone: keras.Model) -> dict[str, keras.Variable]:
    """Every weight by `<layer>/<number>/<weight>`, see `stable_names`.

    The number tells weights of the same name within one layer, if that is a model.
    """
    names = stable_names(backbone)
    return {
        f"{names[layer.name]}/{number}/{weight.name}": weight
        for layer in backbone.layers
        for number, weight in enumerate(layer.weights)
    }


def _seen(channels: int, recipe: Recipe, architecture: Architecture) -> int:
    beside = recipe.slices.adjacent if architecture.rank == 2 else 1
    return beside * channels
