"""Who is mixed with whom, and by how much, in a union of samples: MixMatch's MixUp."""

import tensorflow as tf

from pipelines.augment.mixing.cutmix_mixup import beta


def pairs(
    present: tf.Tensor, seed: tf.Tensor, alpha: float
) -> tuple[tf.Tensor, tf.Tensor]:
    """A partner of every sample, and what the sample itself counts.

    The partners are all samples once more, in a random order (Berthelot et al., 2019,
    algorithm 1, line 12), but each has the sequences that its sample has: the order is
    drawn within the samples of equal `present`. So a sample may be its own partner, and
    one whose sequences no other has is. The share is `max(l, 1 - l)` with l from
    Beta(alpha, alpha) (equations 8 and 9): a sample stays mostly what it was.

    Args:
        present: `[N, P]`.
        seed: `[2]`, decides alone.

    Returns:
        Places of the partners, int32 `[N]`, and shares, float32 `[N]`.
    """
    by_order, by_share = tf.unstack(tf.random.experimental.stateless_split(seed, 2))
    equal = tf.reduce_all(present[:, tf.newaxis] == present[tf.newaxis], axis=-1)
    first = tf.cast(tf.argmax(equal, axis=1), tf.float64)  # of its kind: the group
    chance = tf.random.stateless_uniform(tf.shape(first), by_order, dtype=tf.float64)
    placed = tf.argsort(first, stable=True)
    shuffled = tf.argsort(first + chance, stable=True)
    partner = tf.scatter_nd(placed[:, tf.newaxis], shuffled, tf.shape(shuffled))
    drawn_share = beta(tf.shape(first), by_share, alpha)
    return partner, tf.maximum(drawn_share, 1 - drawn_share)
