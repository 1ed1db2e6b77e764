"""The rules of `zoo.ensembling.rules` in a graph, where members may abstain.

Of TensorFlow's own operations, in float32. Each takes the values of M members for B
samples, `[M, B, K]`, finite where a member abstains too, and who votes, bool `[M, B]`,
to the answer `[B, K]`. Of a sample at least one member votes.
"""

from collections.abc import Callable

import tensorflow as tf

from zoo.ensembling import graph_stacking
from zoo.ensembling.fitting import Fitted


def _mean(values: tf.Tensor, votes: tf.Tensor, _: Fitted) -> tf.Tensor:
    return _average(values, _shares(votes, values))


def _weighted(values: tf.Tensor, votes: tf.Tensor, fitted: Fitted) -> tf.Tensor:
    weights = tf.constant(fitted["weights"], values.dtype)
    return _average(values, weights[:, None, None] * _shares(votes, values))


def _largest(values: tf.Tensor, votes: tf.Tensor, _: Fitted) -> tf.Tensor:
    lowest = tf.where(votes[:, :, None], values, values.dtype.min)
    return _scaled(tf.reduce_max(lowest, axis=0), values, votes)


def _smallest(values: tf.Tensor, votes: tf.Tensor, _: Fitted) -> tf.Tensor:
    highest = tf.where(votes[:, :, None], values, values.dtype.max)
    return _scaled(tf.reduce_min(highest, axis=0), values, votes)


def _median(values: tf.Tensor, votes: tf.Tensor, _: Fitted) -> tf.Tensor:
    last = tf.where(votes[:, :, None], values, values.dtype.max)  # and so never middle
    by_size = tf.transpose(tf.sort(last, axis=0), [1, 0, 2])
    number = tf.reduce_sum(tf.cast(votes, tf.int32), axis=0)
    lower = tf.gather(by_size, (number - 1) // 2, axis=1, batch_dims=1)
    upper = tf.gather(by_size, number // 2, axis=1, batch_dims=1)
    return (lower + upper) / 2


def _scaled_median(values: tf.Tensor, votes: tf.Tensor, fitted: Fitted) -> tf.Tensor:
    return _scaled(_median(values, votes, fitted), values, votes)


def _majority(values: tf.Tensor, votes: tf.Tensor, _: Fitted) -> tf.Tensor:
    shares = _shares(votes, values)
    chosen = tf.one_hot(tf.argmax(values, axis=2), values.shape[2], dtype=values.dtype)
    total = tf.reduce_sum(chosen * shares, axis=0) + _average(values, shares)
    return total / (tf.reduce_sum(shares, axis=0) + 1)


def _stacking(values: tf.Tensor, votes: tf.Tensor, fitted: Fitted) -> tf.Tensor:
    odds = graph_stacking.log_odds(values)
    average = _average(odds, _shares(votes, values))
    odds = tf.where(votes[:, :, None], odds, average)
    return graph_stacking.answer(odds, fitted)


def _shares(votes: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    """1 of a member that votes, 0 of one that abstains, `[M, B, 1]`."""
    return tf.cast(votes, values.dtype)[:, :, None]


def _average(values: tf.Tensor, shares: tf.Tensor) -> tf.Tensor:
    """The mean by shares `[M, B, 1]`, whatever their sum."""
    return tf.reduce_sum(values * shares, axis=0) / tf.reduce_sum(shares, axis=0)


def _scaled(shares: tf.Tensor, values: tf.Tensor, votes: tf.Tensor) -> tf.Tensor:
    """To the sum 1; the mean where there is nothing to scale."""
    total = tf.reduce_sum(shares, axis=1, keepdims=True)
    safe = tf.where(total > 0, total, tf.ones_like(total))
    average = _average(values, _shares(votes, values))
    return tf.where(total > 0, shares / safe, average)


# By the rule and whether classes exclude each other.
RULES: dict[tuple[str, bool], Callable[[tf.Tensor, tf.Tensor, Fitted], tf.Tensor]] = {
    ("mean", True): _mean,
    ("mean", False): _mean,
    ("weighted", True): _weighted,
    ("weighted", False): _weighted,
    ("max", True): _largest,
    ("min", True): _smallest,
    ("median", True): _scaled_median,
    ("median", False): _median,
    ("majority", True): _majority,
    ("stacking", True): _stacking,
}
