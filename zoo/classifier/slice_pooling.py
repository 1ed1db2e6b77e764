"""What a volume gets from its slices, where the network sees slices.

By `probabilities`, `logits` and `max` the slices' outputs are joined, by the vote of
each target's kind (see `zoo.targets.slice_votes`); by `attention` their features:

`attention`
    The mean of the slices' features, weighted by what a small network learns from each
    of them, goes through the head once (Ilse et al., Attention-based deep multiple
    instance learning, ICML 2018, equation 8).

Everything here computes in float32.
"""

import keras
from keras import ops

from zoo.architectures.initialisation import glorot
from zoo.targets.slice_votes import by_volume

ATTENTION_UNITS = 128


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
    weights = ops.softmax(by_volume(scores, slices), axis=1)
    return ops.sum(weights * by_volume(features, slices), axis=1)
