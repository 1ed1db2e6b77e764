"""Labels that a sample has or has not, each of its own."""

from typing import TYPE_CHECKING

import numpy as np

from pipelines.tasks.target import Target
from zoo.targets import split_knowledge, value_weights
from zoo.targets.kind import Outputs, Statistics, TargetKind

if TYPE_CHECKING:
    import keras
    import tensorflow as tf


def logit(shares: np.ndarray) -> np.ndarray:
    """`log(p / (1 - p))`, finite."""
    tiny = np.finfo(np.float64).tiny
    return np.log(np.maximum(shares, tiny)) - np.log(np.maximum(1 - shares, tiny))


def average_logits(outputs: Outputs) -> Outputs:
    """Those of the mean probability, whose sigmoid gives it back."""
    return {**outputs, "logit": logit(outputs["prob"])}


def _size(target: Target) -> int:
    return len(target.columns)


def _output_layer(
    x: "keras.KerasTensor",
    clinical: "keras.KerasTensor | None",
    size: int,
    seed: int,
    name: str,
) -> "keras.KerasTensor":
    from zoo.targets.output_layers import dense

    return dense(x, clinical, size, seed, name)


def vote(
    numbers: "keras.KerasTensor", slices: int, pooling: str
) -> "keras.KerasTensor":
    """Of chances of their own, each for itself."""
    from zoo.targets.slice_votes import vote_each

    return vote_each(numbers, slices, pooling)


def _activation(
    numbers: "keras.KerasTensor", suffix: str, _: Statistics
) -> "dict[str, keras.KerasTensor]":
    from zoo.targets.output_activations import sigmoid

    return sigmoid(numbers, suffix)


def _last_numbers(outputs: Outputs, _: Statistics) -> np.ndarray:
    return np.asarray(outputs["logits"], np.float64)


def _encode(
    values: "tf.Tensor", known: "tf.Tensor", size: int, _: Statistics
) -> "tf.Tensor":
    return values


def _sample_weight(
    values: "tf.Tensor", known: "tf.Tensor", weights: "tf.Tensor"
) -> "tf.Tensor":
    from zoo.targets.encodings import weight_of_labels

    return weight_of_labels(values, known, weights)


def _accuracy() -> "keras.metrics.Metric":
    from zoo.targets.training_accuracy import of_labels

    return of_labels()


MULTILABEL = TargetKind(
    name="multilabel",
    binary=True,
    outputs={"prob": "probabilities", "logit": "logits"},
    average_logits=average_logits,
    size=_size,
    output_layer=_output_layer,
    vote=vote,
    activation=_activation,
    last_numbers=_last_numbers,
    encode=_encode,
    sample_weight=_sample_weight,
    value_weights=value_weights.of_labels,
    check_splits=split_knowledge.of_labels,
    settings=frozenset(("label_smoothing", "focal_gamma", "class_weights")),
    weighted_accuracy=(_accuracy,),
)
