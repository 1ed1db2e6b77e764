"""One of several classes from the lowest to the highest (grades).

The last layer gives a number for each step from a class to the next: the logit of the
chance to be above it.
"""

from typing import TYPE_CHECKING

import numpy as np

from pipelines.tasks.target import Target
from zoo.targets import classification, multilabel, split_knowledge, value_weights
from zoo.targets.kind import Outputs, Statistics, TargetKind

if TYPE_CHECKING:
    import keras
    import tensorflow as tf


def _size(target: Target) -> int:
    return len(target.classes) - 1


def _output_layer(
    x: "keras.KerasTensor",
    clinical: "keras.KerasTensor | None",
    size: int,
    seed: int,
    name: str,
) -> "keras.KerasTensor":
    from zoo.targets.output_layers import falling_steps

    return falling_steps(x, clinical, size, seed, name)


def _activation(
    steps: "keras.KerasTensor", suffix: str, _: Statistics
) -> "dict[str, keras.KerasTensor]":
    from zoo.targets.output_activations import shares_of_steps

    return shares_of_steps(steps, suffix)


def _last_numbers(outputs: Outputs, _: Statistics) -> np.ndarray:
    """Of logarithms of the classes' probabilities the logits of the steps."""
    logits = np.asarray(outputs["logits"], np.float64)
    below = np.logaddexp.accumulate(logits, axis=1)[:, :-1]
    above = np.logaddexp.accumulate(logits[:, ::-1], axis=1)[:, ::-1][:, 1:]
    return above - below


def _encode(
    values: "tf.Tensor", known: "tf.Tensor", size: int, _: Statistics
) -> "tf.Tensor":
    from zoo.targets.encodings import passed_steps

    return passed_steps(values, size)


def _accuracy() -> "keras.metrics.Metric":
    from zoo.targets.training_accuracy import of_steps

    return of_steps()


ORDINAL = TargetKind(
    name="ordinal",
    single_label=True,
    ordered=True,
    outputs={"prob": "probabilities", "logit": "logits"},
    average_logits=classification.average_logits,
    size=_size,
    output_layer=_output_layer,
    vote=multilabel.vote,
    activation=_activation,
    last_numbers=_last_numbers,
    encode=_encode,
    sample_weight=classification.sample_weight,
    value_weights=value_weights.of_classes,
    check_splits=split_knowledge.of_classes,
    settings=frozenset(("class_weights", "balance")),
    accuracy=(_accuracy,),
)
