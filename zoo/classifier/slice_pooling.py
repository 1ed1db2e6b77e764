"""What a volume gets from its slices, where the network sees slices.

`probabilities`
    The mean of the slices' probabilities.
`logits`
    The mean of their logits: the normalised geometric mean of the probabilities.
`max`
    Of each class the largest probability that a slice gives it, made to add up to 1:
    one slice with a lesion is enough.
`attention`
    The mean of the slices' features, weighted by what a small network learns from each
    of them, goes through the head once (Ilse et al., Attention-based deep multiple
    instance learning, ICML 2018, equation 8).

Of labels of their own, and of the steps of an ordinal target, each has its probability;
none is made to add up. Of a regression the mean of the slices' numbers is taken, with
`max` the largest.

Everything here computes in float32.
"""

import math

import keras
from keras import ops

from zoo.architectures.initialisation import glorot

ATTENTION_UNITS = 128


def vote(logits: keras.KerasTensor, slices: int, kind: str) -> keras.KerasTensor:
    """Logits of a volume whose softmax is what `kind` makes of its slices.

    Args:
        logits: `[B * slices, K]`, the slices of one volume side by side.
        kind: `"probabilities"`, `"logits"` or `"max"`.

    Returns:
        `[B, K]`.
    """
    if kind == "logits":
        return mean(logits, slices)
    by_volume = _by_volume(ops.log_softmax(logits, axis=-1), slices)
    if kind == "max":
        return ops.max(by_volume, axis=1)
    if kind == "probabilities":
        return ops.logsumexp(by_volume, axis=1) - math.log(slices)
    raise ValueError(
        f"slices vote by probabilities, logits or max. Received: kind={kind!r}"
    )


def vote_each(logits: keras.KerasTensor, slices: int, kind: str) -> keras.KerasTensor:
    """Logits of a volume whose sigmoid is what `kind` makes of its slices.

    For labels of their own, and for the steps of an ordinal target, whose chances stay
    in their order; arguments and result as of `vote`.
    """
    by_volume = _by_volume(logits, slices)
    if kind == "max":
        return ops.max(by_volume, axis=1)
    if kind == "probabilities":
        yes = ops.logsumexp(ops.log_sigmoid(by_volume), axis=1)
        return yes - ops.logsumexp(ops.log_sigmoid(-by_volume), axis=1)
    return mean(logits, slices)


def value(values: keras.KerasTensor, slices: int, kind: str) -> keras.KerasTensor:
    """The number of a volume: the largest of its slices', for others than max the mean.

    Arguments and result as of `vote`.
    """
    if kind == "max":
        return ops.max(_by_volume(values, slices), axis=1)
    return mean(values, slices)


def mean(values: keras.KerasTensor, slices: int) -> keras.KerasTensor:
    """`[B * slices, F]` to `[B, F]`."""
    return ops.mean(_by_volume(values, slices), axis=1)


def attention(features: int, seed: int) -> keras.Model:
    """What a slice counts for: from features `[N, F]` to scores `[N, 1]`.

    `w tanh(V h)` with 128 hidden units, without biases, as in the paper.
    """
    inputs = keras.Input((features,), name="attention_input")
    x = inputs
    for name, units, activation in (
        ("attention_hidden", ATTENTION_UNITS, "tanh"),
        ("attention_score", 1, None),
    ):
        x = keras.layers.Dense(
            units,
            activation=activation,
            use_bias=False,
            kernel_initializer=glorot(seed, name),
            dtype="float32",
            name=name,
        )(x)
    return keras.Model(inputs, x, name="attention")


def attended(
    features: keras.KerasTensor, scores: keras.KerasTensor, slices: int
) -> keras.KerasTensor:
    """The slices' features, weighted by the softmax of their scores over the volume.

    Args:
        features: `[B * slices, F]`.
        scores: `[B * slices, 1]`.

    Returns:
        `[B, F]`.
    """
    weights = ops.softmax(_by_volume(scores, slices), axis=1)
    return ops.sum(weights * _by_volume(features, slices), axis=1)


def _by_volume(values: keras.KerasTensor, slices: int) -> keras.KerasTensor:
    return ops.reshape(values, (-1, slices, values.shape[-1]))
