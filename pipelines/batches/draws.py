"""Random draws for one sample. Stateless: the seed in the element decides alone."""

import tensorflow as tf

from pipelines.batches.depth import Policy, candidates


def draw_slices(
    size: int,
    seed: tf.Tensor,
    count: int,
    depth: tuple[float, float],
    *,
    policy: Policy = "random",
    adjacent: int = 1,
) -> tf.Tensor:
    """`count` different slices within a share of the depth, in their order.

    Args:
        size: slices of the volume.
        seed: `[2]`.
        policy: `"random"` = anywhere within; `"block"` = beside each other, the block
            anywhere within; `"even"` = evenly spaced, begun at random.
        adjacent: odd; each slice comes in the middle of so many that lie beside each
            other, the outermost repeated where the volume ends.

    Returns:
        int32 `[count * adjacent]`.
    """
    within = candidates(size, depth)
    drawn = within.start + _POLICIES[policy](len(within), count, seed)
    beside = tf.range(adjacent) - adjacent // 2
    places = tf.reshape(drawn[:, tf.newaxis] + beside, [-1])
    return tf.ensure_shape(tf.clip_by_value(places, 0, size - 1), [count * adjacent])


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
