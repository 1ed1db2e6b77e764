"""Whether a recipe can take the weights that it names, asked before they are read."""

import os
from pathlib import Path

from pipelines.errors import UsageError
from zoo.architectures.architecture import Architecture
from zoo.recipes.recipe import Recipe
from zoo.weights import origin_run, weights_file
from zoo.weights.layouts import heads as published_heads
from zoo.weights.published import cache, sources


def check(
    recipe: Recipe,
    architecture: Architecture,
    source: str | os.PathLike | None,
    *,
    channels: int,
) -> None:
    """Raises what `load.check` would of usage. Nothing is read or fetched.

    Args:
        source, channels: as of `load.check`.

    Raises:
        UsageError: the weights are not there, or are none for this recipe.
        DataError: the run that they come from is none, or is not finished.
    """
    if recipe.head.pretrained:
        check_head(recipe, architecture)
    if recipe.weights == "run":
        run = origin_run.opened(recipe, source)
        origin_run.check(recipe, architecture, run, channels=channels)
    elif recipe.weights == "file":
        path = Path(named(source))
        weights_file.format_of(path)
        weights_file.check(path)
    elif recipe.weights == "imagenet":
        cache.find(sources.get(architecture.family), source)


def named(source: str | os.PathLike | None) -> str | os.PathLike:
    """The place of a file of weights; a UsageError where none is named."""
    if source is None:
        raise UsageError(
            "the recipe takes its weights from a file. Name it by --weights PATH"
        )
    return source


def check_head(recipe: Recipe, architecture: Architecture) -> None:
    """Raises a UsageError for `head.pretrained` where no file can fill the heads.

    That is also where the head has another number of dense layers than the published.
    """
    if recipe.weights not in ("imagenet", "file"):
        raise UsageError(
            "head.pretrained goes with --weights imagenet or a file of weights. "
            f"Received: weights = {recipe.weights!r}"
        )
    family = architecture.family
    published = published_heads.get(family)
    if not (published.dense or published.auxiliary):
        raise UsageError(
            f"the published {family} has no dense layers before its logits. Leave "
            "head.pretrained out. Those that have some are "
            f"{', '.join(sorted(published_heads.HEADS))}"
        )
    units = recipe.head.units
    layers = len(architecture.head_units if units is None else units)
    if published.dense and layers != len(published.dense):
        raise UsageError(
            f"head.pretrained fills the {len(published.dense)} dense layers before the "
            f"logits of the published {family}. Received: a head with {layers}. "
            "Leave head.units out, or give them the published sizes"
        )
