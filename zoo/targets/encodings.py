"""From the numbers of a record to what the last layer is to give, and its weight.

What is not known comes as 0, and its weight is 0. `values` are `[B, R]`, and `known`
is 1 or 0 for each of them; all is computed in their type.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from zoo.targets.standardisation import ColumnStatistics

if TYPE_CHECKING:
    import tensorflow as tf

    Statistics = Sequence[ColumnStatistics]


def one_hot(values: tf.Tensor, known: tf.Tensor, size: int, _: Statistics) -> tf.Tensor:
    """Class indices to `[B, size]`."""
    import tensorflow as tf

    return tf.one_hot(_labels(values), size, dtype=values.dtype)


def passed_steps(
    values: tf.Tensor, known: tf.Tensor, size: int, _: Statistics
) -> tf.Tensor:
    """Class indices to one 0 or 1 for each step, "is it above class k?"."""
    import tensorflow as tf

    return tf.cast(_labels(values)[:, tf.newaxis] > tf.range(size), values.dtype)


def as_they_are(
    values: tf.Tensor, known: tf.Tensor, size: int, _: Statistics
) -> tf.Tensor:
    """Labels, each 0 or 1, `[B, size]`."""
    return values


def standardised(
    values: tf.Tensor, known: tf.Tensor, size: int, column_statistics: Statistics
) -> tf.Tensor:
    """Numbers to their deviations from the mean, `[B, R]`; unknown ones are 0."""
    import tensorflow as tf

    means = [column.mean for column in column_statistics]
    deviations = [column.deviation for column in column_statistics]
    centred = values - tf.constant(means, values.dtype)
    return centred / tf.constant(deviations, values.dtype) * known


def weight_of_class(
    values: tf.Tensor, known: tf.Tensor, weights: tf.Tensor
) -> tf.Tensor:
    """`[B]`, by the weights of classes `[K]`."""
    import tensorflow as tf

    return tf.gather(weights, _labels(values)) * known[:, 0]


def weight_of_labels(
    values: tf.Tensor, known: tf.Tensor, weights: tf.Tensor
) -> tf.Tensor:
    """`[B, L]`, by the weights of each label's absence and presence `[L, 2]`."""
    return known * (values * weights[:, 1] + (1 - values) * weights[:, 0])


def weight_of_numbers(
    values: tf.Tensor, known: tf.Tensor, weights: tf.Tensor
) -> tf.Tensor:
    """`[B, T]`, by the weights of columns `[T]`."""
    return weights * known


def _labels(values: tf.Tensor) -> tf.Tensor:
    import tensorflow as tf

    return tf.cast(values[:, 0], tf.int32)
