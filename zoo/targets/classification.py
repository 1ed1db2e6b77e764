"""One of several classes that exclude each other, in no order."""

from typing import TYPE_CHECKING

import numpy as np

from pipelines.tasks.target import Target
from zoo.targets import split_knowledge, value_weights
from zoo.targets.kind import Outputs, Statistics, TargetKind

if TYPE_CHECKING:
    import keras
    import tensorflow as tf


def average_logits(outputs: Outputs) -> Outputs:
    """The logits are the logarithm of the mean, so their softmax gives it back."""
    tiny = np.finfo(np.float64).tiny
    return {**outputs, "logit": np.log(np.maximum(outputs["prob"], tiny))}


def _size(target: Target) -> int:
    return len(target.classes)


def _output_layer(
    x: "keras.KerasTensor",
    clinical: "keras.KerasTensor | None",
    size: int,
    seed: int,
    name: str,
) -> "keras.KerasTensor":
    from zoo.targets.output_layers import dense

    return dense(x, clinical, size, seed, name)


def _vote(
    numbers: "keras.KerasTensor", slices: int, pooling: str
) -> "keras.KerasTensor":
    from zoo.targets.slice_votes import vote

    return vote(numbers, slices, pooling)


def _activation(
    numbers: "keras.KerasTensor", suffix: str, _: Statistics
) -> "dict[str, keras.KerasTensor]":
    from zoo.targets.output_activations import softmax

    return softmax(numbers, suffix)


def _last_numbers(outputs: Outputs, _: Statistics) -> np.ndarray:
    return np.asarray(outputs["logits"], np.float64)


def _encode(
    values: "tf.Tensor", known: "tf.Tensor", size: int, _: Statistics
) -> "tf.Tensor":
    from zoo.targets.encodings import one_hot

    return one_hot(values, size)


def sample_weight(
    values: "tf.Tensor", known: "tf.Tensor", weights: "tf.Tensor"
) -> "tf.Tensor":
    """What a sample of that class weighs, `[B]`."""
    from zoo.targets.encodings import weight_of_class

    return weight_of_class(values, known, weights)


def _accuracy() -> "keras.metrics.Metric":
    from zoo.targets.training_accuracy import of_classes

    return of_classes()


CLASSIFICATION = TargetKind(
    name="classification",
    single_label=True,
    outputs={"prob": "probabilities", "logit": "logits"},
    average_logits=average_logits,
    size=_size,
    output_layer=_output_layer,
    vote=_vote,
    activation=_activation,
    last_numbers=_last_numbers,
    encode=_encode,
    sample_weight=sample_weight,
    value_weights=value_weights.of_classes,
    check_splits=split_knowledge.of_classes,
    settings=frozenset(
        ("label_smoothing", "focal_gamma", "class_weights", "balance", "mixmatch")
    ),
    accuracy=(_accuracy,),
)
