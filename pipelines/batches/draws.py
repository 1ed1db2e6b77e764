"""Random draws for one sample. Stateless: the seed in the element decides alone."""

import tensorflow as tf

from pipelines.batches.depth import candidates
from pipelines.batches.slices import Slices


def draw_slices(size: int, seed: tf.Tensor, slices: Slices) -> tf.Tensor:
    """`train` different slices of a volume, in their order, each with its neighbours.

    Args:
        size: slices of the volume.
        seed: `[2]`.

    Returns:
        int32 `[train * adjacent]`: each drawn slice stands in the middle of `adjacent`
        that lie beside each other, the outermost repeated where the volume ends.
    """
    within = candidates(size, slices.depth)
    drawn = within.start + _POLICIES[slices.policy](len(within), slices.train, seed)
    beside = tf.range(slices.adjacent) - slices.adjacent // 2
    places = tf.reshape(drawn[:, tf.newaxis] + beside, [-1])
    clipped = tf.clip_by_value(places, 0, size - 1)
    return tf.ensure_shape(clipped, [slices.train * slices.adjacent])


def _at_random(available: int, count: int, seed: tf.Tensor) -> tf.Tensor:
    chance = tf.random.stateless_uniform([available], seed)
    return tf.sort(tf.math.top_k(chance, count).indices)


def _as_block(available: int, count: int, seed: tf.Tensor) -> tf.Tensor:
    places = available - count + 1
    return tf.range(count) + tf.random.stateless_uniform([], seed, 0, places, tf.int32)


def _evenly(available: int, count: int, seed: tf.Tensor) -> tf.Tensor:
    begun = tf.random.stateless_uniform([], seed)
    parts = (tf.range(count, dtype=tf.float32) + begun) * (available / count)
    return tf.minimum(tf.cast(parts, tf.int32), available - 1)


_POLICIES = {"random": _at_random, "block": _as_block, "even": _evenly}


def as_channels(slices: tf.Tensor, adjacent: int) -> tf.Tensor:
    """Groups of `adjacent` slices become one with more channels.

    Args:
        slices: `[N * adjacent, H, W, C]`.

    Returns:
        `[N, H, W, adjacent * C]`; the channels of a group's first slice come first.
    """
    if adjacent == 1:
        return slices
    _, height, width, channels = slices.shape
    grouped = tf.reshape(slices, [-1, adjacent, height, width, channels])
    beside = tf.transpose(grouped, [0, 2, 3, 1, 4])
    return tf.reshape(beside, [-1, height, width, adjacent * channels])
