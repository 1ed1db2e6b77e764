"""The order of an epoch: a function of the seed and of the epoch's number alone."""

import tensorflow as tf

_GRAPH_SEED = 1  # not 0: get_seed would compare the other seed, a tensor, with 0


def epoch_seed(seed: int, number: tf.Tensor, stream: int = 0) -> tf.Tensor:
    """What an epoch draws by, `[2]`.

    Args:
        stream: of samples, of which each draws for itself.
    """
    return tf.random.experimental.stateless_fold_in(
        tf.constant([seed, stream], tf.int64), number
    )


def shuffled(source: tf.data.Dataset, buffer: int, drawn_by: tf.Tensor):  # noqa: ANN201
    """The elements in an order that the seed `[2]` decides.

    Args:
        buffer: how many are held; fewer than there are shuffle within that distance.
    """
    # Inside tf.data's graph this sets that graph's seed; else the process's own would
    # take part in the order.
    tf.random.set_seed(_GRAPH_SEED)
    seed = tf.random.stateless_uniform([], drawn_by, 0, 2**31 - 1, tf.int64)
    return source.shuffle(buffer, seed=seed, reshuffle_each_iteration=False)


def numbered(order: tf.data.Dataset, drawn_by: tf.Tensor) -> tf.data.Dataset:
    """(Seed of the epoch's draws `[2]`, place in the epoch, element)."""
    return order.enumerate().map(lambda place, element: (drawn_by, place, element))
