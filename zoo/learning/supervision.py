"""From a data set's elements to what Keras fits: inputs, targets, sample weights."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf


def supervise(
    batches: tf.data.Dataset, *, heads: Sequence[str], weights: np.ndarray
) -> tf.data.Dataset:
    """`(volume, {head: one-hot}, {head: sample weight})` for every batch.

    Args:
        batches: elements with `volume` `[B, D, H, W, C]` and `target` `[B, 1]`, the
            class index as a float.
        heads: outputs of the training model; each learns the same target.
        weights: of a sample of each class, `[K]`.
    """
    classes = len(weights)

    def split(element: dict[str, tf.Tensor]) -> tuple:
        label = tf.cast(element["target"][:, 0], tf.int32)
        one_hot = tf.one_hot(label, classes)
        weight = tf.gather(tf.constant(weights, tf.float32), label)
        return (
            element["volume"],
            {head: one_hot for head in heads},
            {head: weight for head in heads},
        )

    return batches.map(split, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
