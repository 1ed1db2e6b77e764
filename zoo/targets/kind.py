"""What a kind of target is: one value, with all that differs from kind to kind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipelines.tasks.target import Target
from zoo.targets.standardisation import ColumnStatistics

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

Outputs = Mapping[str, np.ndarray]
Statistics = Sequence[ColumnStatistics]


def nothing_follows(outputs: Outputs) -> Outputs:
    """Averaged outputs as they are, for a kind without logits."""
    return outputs


@dataclass(frozen=True, kw_only=True)
class TargetKind:
    """A kind of target.

    A command line is read before TensorFlow is loaded, and it reads kinds: so what
    wants Keras imports it when it is called.

    Args:
        name: as a task file words it.
        single_label: whether a sample has one of the classes and no other: its truth is
            a class index (column `label` of a file), else one number per name (columns
            `target:<name>`).
        ordered: whether its classes are, from the lowest to the highest.
        binary: whether what is known of each name is 0 or 1, and the output `prob` its
            probability.
        outputs: by the word in the columns of a file the name of the model's output.
        shown: the word of that output which a prediction shows.
        digits: of its numbers in the terminal.
        average_logits: averaged outputs, by word, to the same with the logits that
            follow from the mean probabilities, if the kind has any.
        size: how many numbers the last layer gives.
        output_layer: from features `[B, F]`, covariates `[B, E]` or none, the size, the
            seed and the layer's name to these numbers `[B, size]`; see
            `zoo.targets.output_layers`.
        vote: from the numbers of slices `[B * slices, size]`, how many these are and
            the recipe's pooling to those of the volume `[B, size]`; see
            `zoo.targets.slice_votes`.
        activation: from these to the model's outputs by name, the suffix of all names
            and the statistics of the target's columns given; see
            `zoo.targets.output_activations`.
        last_numbers: back from the model's outputs `[N, ...]` by name and the
            statistics to what the last layer gave, float64 `[N, size]`.
        encode: from what a record has `[B, R]`, unknown ones 0, which are known (1 or
            0, `[B, R]`), the size and the statistics to what the last layer is to give
            `[B, size]`; see `zoo.targets.encodings`.
        sample_weight: from the same two and the weights of values to the weight of each
            sample `[B]` or number `[B, R]`.
        value_weights: from what training samples have `[N, R]`, the target and the
            recipe's class weights to what each value weighs; see
            `zoo.targets.value_weights`.
        standardised: whether the numbers are learned in deviations from the mean of the
            training split.
        columns_alike: whether a validation loss is the mean of the columns' losses, so
            that one which few samples know counts as another; else of all that is
            known.
        check_splits: holds what splits know of a target against what training wants;
            see `zoo.targets.split_knowledge`.
        settings: those of a recipe that not every kind can follow and this one can.
        monitors: of the history, by which the best epoch can be chosen.
        accuracy: the Keras metrics that training shows, none or one.
        weighted_accuracy: likewise, where what is not known must weigh nothing.
    """

    name: str
    single_label: bool = False
    ordered: bool = False
    binary: bool = False
    outputs: Mapping[str, str]
    shown: str = "prob"
    digits: str = ".3f"
    average_logits: Callable[[Outputs], Outputs] = nothing_follows
    size: Callable[[Target], int]
    output_layer: Callable[..., "keras.KerasTensor"]
    vote: Callable[["keras.KerasTensor", int, str], "keras.KerasTensor"]
    activation: Callable[
        ["keras.KerasTensor", str, Statistics], dict[str, "keras.KerasTensor"]
    ]
    last_numbers: Callable[[Outputs, Statistics], np.ndarray]
    encode: Callable[["tf.Tensor", "tf.Tensor", int, Statistics], "tf.Tensor"]
    sample_weight: Callable[["tf.Tensor", "tf.Tensor", "tf.Tensor"], "tf.Tensor"]
    value_weights: Callable[[np.ndarray, Target, str], np.ndarray]
    standardised: bool = False
    columns_alike: bool = False
    check_splits: Callable[[Mapping[str, np.ndarray], Target, str], None]
    settings: frozenset[str] = frozenset()
    monitors: tuple[str, ...] = ("val_auc", "val_loss", "epoch")
    accuracy: tuple[Callable[[], "keras.metrics.Metric"], ...] = ()
    weighted_accuracy: tuple[Callable[[], "keras.metrics.Metric"], ...] = ()
