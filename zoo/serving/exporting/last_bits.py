"""What the last bits of a network's weights decide of its features.

Float32 keeps no more of any weight, so no answer is known better than that. In most
networks it is little. Where activations multiply each other block by block, as by the
squeeze and excitation of EfficientNet, they can magnify it for a volume that is unlike
what the network knows; and so they do the last bits that a CPU rounds otherwise of a
record in a batch than alone.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import tensorflow as tf

from zoo.prediction.predictor import FEATURES
from zoo.serving.exporting.signatures import ServedModel

_DRAWS = 2


def share(served: ServedModel, records: Sequence[bytes]) -> np.ndarray:
    """How far features go when every weight goes to a number next to it.

    Args:
        served: one network, in float32; as it was when this returns.
        records: N serialized ones.

    Returns:
        `[N]`, of each record's vector the largest change in two draws, as a share of
        the vector's largest absolute value, or of 1 where that is less.
    """
    features = tf.function(served.features, autograph=False, jit_compile=False)

    def answered() -> np.ndarray:
        with tf.device("CPU"):  # as `held_to.of`
            each = [features({"examples": tf.constant([one])}) for one in records]
        return np.concatenate([one[FEATURES].numpy() for one in each])

    vectors = answered()
    changes = []
    for draw in range(_DRAWS):
        with _next_numbers(served.kept, np.random.default_rng(draw)):
            changes.append(np.abs(answered() - vectors).max(axis=1))
    return np.max(changes, axis=0) / np.abs(vectors).max(axis=1, initial=1.0)


@contextmanager
def _next_numbers(
    variables: Sequence[tf.Variable], drawn: np.random.Generator
) -> Iterator[None]:
    """Has every weight at one of the two numbers next to it; then as it was."""
    floating = [one for one in variables if one.dtype.is_floating]
    before = [one.numpy() for one in floating]
    try:
        for variable, values in zip(floating, before, strict=True):
            towards = np.where(drawn.random(values.shape) < 0.5, -np.inf, np.inf)
            variable.assign(np.nextafter(values, towards.astype(values.dtype)))
        yield
    finally:
        for variable, values in zip(floating, before, strict=True):
            variable.assign(values)
