"""The weights of a classifier's heads that published files have."""

import keras

from zoo.architectures.architecture import Architecture
from zoo.classifier.classifier import Classifier
from zoo.weights.layouts import heads as published_heads


def weights(
    classifier: Classifier, architecture: Architecture
) -> dict[str, keras.Variable]:
    """Dense layers and auxiliary heads, without logits, by their published names."""
    family = architecture.family
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
