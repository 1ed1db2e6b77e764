"""Numbers, learned in deviations from their mean in the training split."""

from typing import TYPE_CHECKING

import numpy as np

from pipelines.tasks.target import Target
from zoo.targets import split_knowledge, value_weights
from zoo.targets.kind import Outputs, Statistics, TargetKind

if TYPE_CHECKING:
    import keras
    import tensorflow as tf


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


def _vote(
    numbers: "keras.KerasTensor", slices: int, pooling: str
) -> "keras.KerasTensor":
    from zoo.targets.slice_votes import value

    return value(numbers, slices, pooling)


def _activation(
    numbers: "keras.KerasTensor", suffix: str, column_statistics: Statistics
) -> "dict[str, keras.KerasTensor]":
    from zoo.targets.output_activations import in_units

    return in_units(numbers, suffix, column_statistics)


def _last_numbers(outputs: Outputs, column_statistics: Statistics) -> np.ndarray:
    means = [column.mean for column in column_statistics]
    deviations = [column.deviation for column in column_statistics]
    return (np.asarray(outputs["predictions"], np.float64) - means) / deviations


def _encode(
    values: "tf.Tensor", known: "tf.Tensor", size: int, column_statistics: Statistics
) -> "tf.Tensor":
    from zoo.targets.encodings import standardised

    return standardised(values, known, column_statistics)


def _sample_weight(
    values: "tf.Tensor", known: "tf.Tensor", weights: "tf.Tensor"
) -> "tf.Tensor":
    from zoo.targets.encodings import weight_of_numbers

    return weight_of_numbers(values, known, weights)


REGRESSION = TargetKind(
    name="regression",
    outputs={"pred": "predictions"},
    shown="pred",
    digits=".4g",
    size=_size,
    output_layer=_output_layer,
    vote=_vote,
    activation=_activation,
    last_numbers=_last_numbers,
    encode=_encode,
    sample_weight=_sample_weight,
    value_weights=value_weights.of_numbers,
    standardised=True,
    columns_alike=True,
    check_splits=split_knowledge.of_numbers,
    settings=frozenset(("regression_loss",)),
    monitors=("val_loss",),
)
