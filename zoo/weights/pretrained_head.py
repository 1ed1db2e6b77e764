"""The weights of a classifier's heads that published files have."""

import keras

from pipelines.errors import UsageError
from zoo.architectures.architecture import Architecture
from zoo.classifier.classifier import Classifier
from zoo.recipes.recipe import Recipe
from zoo.weights import read as read_weights
from zoo.weights.layouts import heads as published_heads


def check(recipe: Recipe, architecture: Architecture) -> None:
    """Raises a UsageError for `head.pretrained` where no file can fill the heads.

    That is also where the head has another number of dense layers than the published.
    """
    if recipe.weights not in ("imagenet", "file"):
        raise UsageError(
            "head.pretrained goes with --weights imagenet or a file of weights. "
            f"Received: weights = {recipe.weights!r}"
        )
    family = read_weights.family(architecture)
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


def weights(
    classifier: Classifier, architecture: Architecture
) -> dict[str, keras.Variable]:
    """Dense layers and auxiliary heads, without logits, by their published names."""
    family = read_weights.family(architecture)
    published = published_heads.get(family)
    head = classifier.inference.get_layer("head")
    dense = [layer for layer in head.layers if layer.name.startswith("head_dense")]
    variables = {}
    for name, layer in zip(published.dense, dense, strict=False):
        variables |= _renamed(layer, name)
    for number, (convolution, fully, _) in enumerate(published.auxiliary):
        ours = f"auxiliary_head_{number}"
        auxiliary = classifier.training.get_layer(ours)
        variables |= _renamed(auxiliary.get_layer(f"{ours}_convolution"), convolution)
        variables |= _renamed(auxiliary.get_layer(f"{ours}_dense"), fully)
    return variables


def _renamed(layer: keras.layers.Layer, name: str) -> dict[str, keras.Variable]:
    return {f"{name}/{weight.name}": weight for weight in layer.weights}
