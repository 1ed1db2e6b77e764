"""The run that a recipe takes its weights from, and whether they suit the recipe."""

import dataclasses
import os

from pipelines.errors import UsageError
from zoo.architectures.architecture import Architecture
from zoo.classifier.pixel_values import effective_pixels
from zoo.recipes.recipe import Recipe
from zoo.runs.run import Run


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
    theirs = effective_pixels(run.recipe, architecture)
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
            effective_pixels(run.recipe, architecture),
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


def _seen(channels: int, recipe: Recipe, architecture: Architecture) -> int:
    beside = recipe.slices.adjacent if architecture.rank == 2 else 1
    return beside * channels
