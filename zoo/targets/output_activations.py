"""From the numbers of a network's last layer to its outputs, all float32 by name.

Of classes and of labels these are `logits` and `probabilities` `[B, K]`, of numbers
`predictions` `[B, T]` in the units of the data set; each name has the target's suffix.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from zoo.targets.standardisation import ColumnStatistics

if TYPE_CHECKING:
    import keras

    Tensors = dict[str, keras.KerasTensor]
    Statistics = Sequence[ColumnStatistics]

_LEAST = 1e-30  # of a difference of chances, so that its logarithm is a number


def softmax(logits: keras.KerasTensor, suffix: str, _: Statistics) -> Tensors:
    """Of classes that exclude each other."""
    import keras

    name = f"probabilities{suffix}"
    return _linked(logits, suffix, keras.layers.Softmax(dtype="float32", name=name))


def sigmoid(logits: keras.KerasTensor, suffix: str, _: Statistics) -> Tensors:
    """Of labels, each of its own."""
    import keras

    name = f"probabilities{suffix}"
    link = keras.layers.Activation("sigmoid", dtype="float32", name=name)
    return _linked(logits, suffix, link)


def shares_of_steps(
    steps: keras.KerasTensor, suffix: str, column_statistics: Statistics
) -> Tensors:
    """Of ordered classes: the logits are the logarithms of their probabilities."""
    return softmax(class_logits(steps), suffix, column_statistics)


def in_units(
    numbers: keras.KerasTensor,
    suffix: str,
    column_statistics: Statistics,
) -> Tensors:
    """Of standardised numbers: those that they stand for."""
    import keras

    units = keras.layers.Rescaling(
        [column.deviation for column in column_statistics],
        [column.mean for column in column_statistics],
        dtype="float32",
    )
    return named(units(numbers), f"predictions{suffix}")


def class_logits(steps: keras.KerasTensor) -> keras.KerasTensor:
    """Logarithms of the probabilities of K ordered classes.

    With a chance above class k of sigmoid(s_k), class k + 1 has sigmoid(s_k) -
    sigmoid(s_k+1), which is sigmoid(s_k) sigmoid(-s_k+1) (1 - exp(s_k+1 - s_k)): no
    difference of nearly equal numbers.

    Args:
        steps: s_1 to s_K-1, falling, `[B, K - 1]`.

    Returns:
        `[B, K]`.
    """
    from keras import ops

    above, below = ops.log_sigmoid(steps), ops.log_sigmoid(-steps)
    difference = -ops.expm1(steps[:, 1:] - steps[:, :-1])
    between = above[:, :-1] + below[:, 1:] + ops.log(ops.maximum(difference, _LEAST))
    return ops.concatenate([below[:, :1], between, above[:, -1:]], axis=1)


def named(x: keras.KerasTensor, name: str) -> Tensors:
    """A tensor under its name, which a layer of that name bears in the model too."""
    import keras

    return {name: keras.layers.Identity(dtype="float32", name=name)(x)}


def _linked(
    logits: keras.KerasTensor, suffix: str, link: keras.layers.Layer
) -> Tensors:
    outputs = named(logits, f"logits{suffix}")
    (logits,) = outputs.values()
    return outputs | {link.name: link(logits)}
