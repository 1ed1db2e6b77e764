"""What a volume gets from the outputs of its slices, where the network sees slices.

`probabilities`
    The mean of the slices' probabilities.
`logits`
    The mean of their logits: the normalised geometric mean of the probabilities.
`max`
    Of each class the largest probability that a slice gives it, made to add up to 1:
    one slice with a lesion is enough.

Of labels of their own, and of the steps of an ordinal target, each has its probability;
none is made to add up. Of a regression the mean of the slices' numbers is taken, with
`max` the largest.

Everything here computes in float32.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def vote(logits: keras.KerasTensor, slices: int, pooling: str) -> keras.KerasTensor:
    """Logits of a volume whose softmax is what `pooling` makes of its slices.

    Args:
        logits: `[B * slices, K]`, the slices of one volume side by side.
        pooling: `"probabilities"`, `"logits"` or `"max"`.

    Returns:
        `[B, K]`.
    """
    from keras import ops

    if pooling == "logits":
        return mean(logits, slices)
    by_slice = by_volume(ops.log_softmax(logits, axis=-1), slices)
    if pooling == "max":
        return ops.max(by_slice, axis=1)
    if pooling == "probabilities":
        return ops.logsumexp(by_slice, axis=1) - math.log(slices)
    raise ValueError(
        f"slices vote by probabilities, logits or max. Received: pooling={pooling!r}"
    )


def vote_each(
    logits: keras.KerasTensor, slices: int, pooling: str
) -> keras.KerasTensor:
    """Logits of a volume whose sigmoid is what `pooling` makes of its slices.

    For labels of their own, and for the steps of an ordinal target, whose chances stay
    in their order; arguments and result as of `vote`.
    """
    from keras import ops

    by_slice = by_volume(logits, slices)
    if pooling == "max":
        return ops.max(by_slice, axis=1)
    if pooling == "probabilities":
        yes = ops.logsumexp(ops.log_sigmoid(by_slice), axis=1)
        return yes - ops.logsumexp(ops.log_sigmoid(-by_slice), axis=1)
    return mean(logits, slices)


def value(values: keras.KerasTensor, slices: int, pooling: str) -> keras.KerasTensor:
    """The number of a volume: the largest of its slices', for others than max the mean.

    Arguments and result as of `vote`.
    """
    from keras import ops

    if pooling == "max":
        return ops.max(by_volume(values, slices), axis=1)
    return mean(values, slices)


def mean(values: keras.KerasTensor, slices: int) -> keras.KerasTensor:
    """`[B * slices, F]` to `[B, F]`."""
    from keras import ops

    return ops.mean(by_volume(values, slices), axis=1)


def by_volume(values: keras.KerasTensor, slices: int) -> keras.KerasTensor:
    """`[B * slices, F]` to `[B, slices, F]`."""
    from keras import ops

    return ops.reshape(values, (-1, slices, values.shape[-1]))
