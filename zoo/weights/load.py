"""Loads pretrained weights into a classifier, all of them or none."""

import os
from dataclasses import dataclass
from pathlib import Path

import keras

from pipelines.errors import UsageError
from zoo.architectures.architecture import Architecture
from zoo.classifier import heads
from zoo.classifier.classifier import Classifier
from zoo.recipes.recipe import Recipe
from zoo.weights import assign as assign_weights
from zoo.weights import (
    from_run,
    inflation,
    input_channels,
    origin_run,
    pretrained_head,
    recipe_checks,
    weights_file,
)
from zoo.weights import read as read_weights
from zoo.weights.layouts import heads as published_heads
from zoo.weights.published import cache, checksum, sources
from zoo.weights.read import Arrays, Content


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The file that weights come from.

    Args:
        path: of the file, of a run its model.
        sha256: of its bytes.
        published: its published name; empty = a file of the user's.
    """

    path: Path
    sha256: str
    published: str = ""

    def described(self) -> dict[str, str]:
        """For environment.json: no path, no name of the user's."""
        return {"sha256": self.sha256, "published": self.published}


def check(
    recipe: Recipe,
    architecture: Architecture,
    source: str | os.PathLike | None,
    *,
    channels: int,
) -> Origin | None:
    """Finds, or fetches, the weights of a recipe and reads their file.

    What only the built network can tell is left to `load`.

    Args:
        source: as of `load`.
        channels: of the volumes.

    Returns:
        Where they come from; none if the recipe wants no pretrained weights.

    Raises:
        UsageError, DataError: as `load`.
    """
    if recipe.head.pretrained:
        recipe_checks.check_head(recipe, architecture)
    if recipe.weights == "none":
        return None
    if recipe.weights == "run":
        run = origin_run.opened(recipe, source)
        origin_run.check(recipe, architecture, run, channels=channels)
        return Origin(path=run.model_path, sha256=checksum.digest(run.model_path))
    origin, _ = _content(recipe, architecture, source)
    return origin


def load(
    classifier: Classifier,
    architecture: Architecture,
    recipe: Recipe,
    source: str | os.PathLike | None = None,
) -> Origin:
    """Gives the backbone its pretrained weights; the head keeps its initial ones.

    With `recipe.head.pretrained` the dense layers before the logits and the auxiliary
    heads take theirs too, though never the logits.

    Args:
        classifier: built from `recipe`, so that it feeds the backbone the pixels that
            the weights were trained on.
        source: with `weights = "imagenet"` the file or a directory with it, none =
            where `zoo.weights.published.directories` says; with `"file"` the file, with
            `"run"` the directory of the run.

    Raises:
        UsageError: the recipe names no pretrained weights, or none that this network
            can take, or `source` is missing.
        DataError: no such file, another one by its checksum, or names or shapes that
            differ from the network's; nothing is loaded then.
    """
    if recipe.weights == "run":
        run = origin_run.opened(recipe, source)
        from_run.load(classifier, run)
        return Origin(path=run.model_path, sha256=checksum.digest(run.model_path))
    origin, content = _content(recipe, architecture, source)
    weights = assign_weights.by_name(classifier.backbone)
    if recipe.head.pretrained:
        recipe_checks.check_head(recipe, architecture)
        weights |= pretrained_head.weights(classifier, architecture)
    wanted = {name.split("/")[0] for name in weights}
    left = published_heads.get(architecture.family).layers - wanted
    arrays = read_weights.arrays(content, architecture)
    arrays = {n: array for n, array in arrays.items() if n.split("/")[0] not in left}
    arrays = _fitted(arrays, weights, classifier.backbone, architecture)
    assign_weights.assign(weights, arrays, str(origin.path))
    return origin


def load_logits(
    classifier: Classifier,
    architecture: Architecture,
    recipe: Recipe,
    source: str | os.PathLike | None = None,
) -> Origin:
    """Gives a head of 1000 classes the logits of ImageNet's.

    Raises:
        UsageError, DataError: as `load`; also if the head is another.
    """
    origin, content = _content(recipe, architecture, source)
    published = published_heads.get(architecture.family).logits
    logits = classifier.inference.get_layer("head").get_layer(heads.LOGITS)
    arrays = {
        name: array
        for name, array in read_weights.arrays(content, architecture).items()
        if name.split("/")[0] == published
    }
    weights = {f"{published}/{weight.name}": weight for weight in logits.weights}
    assign_weights.assign(weights, arrays, str(origin.path))
    return origin


def _content(
    recipe: Recipe, architecture: Architecture, source: str | os.PathLike | None
) -> tuple[Origin, Content]:
    """The file that the recipe wants, and what it holds."""
    if recipe.weights == "none":
        raise UsageError(
            "the recipe is one for training from scratch, no weights can be loaded. "
            "Received: weights = 'none'"
        )
    if recipe.weights == "file":
        path = Path(recipe_checks.named(source))
        content = read_weights.read(path, weights_file.format_of(path))
        published = ""
    else:
        file = cache.obtain(sources.get(architecture.family), source)
        path = file.path
        content = read_weights.read(path, file.source.format)
        published = file.source.file_name
    digest = checksum.digest(path)
    return Origin(path=path, sha256=digest, published=published), content


def _fitted(
    arrays: Arrays,
    weights: dict[str, keras.Variable],
    backbone: keras.Model,
    architecture: Architecture,
) -> Arrays:
    """The arrays for the network's channels and rank, where they can be brought."""
    kernel = f"{input_channels.layer_name(backbone)}/kernel"
    of_colours = kernel in arrays and arrays[kernel].shape[-2] == 3
    if of_colours and architecture.imagenet is not None:
        adapted = input_channels.adapt(
            arrays[kernel],
            channels=backbone.input.shape[-1],
            convention=architecture.imagenet,
        )
        arrays = arrays | {kernel: adapted}
    if architecture.rank == 3:
        shapes = {name: tuple(weight.shape) for name, weight in weights.items()}
        arrays = inflation.inflate_all(arrays, shapes)
    return arrays
