"""The scalings of `zoo.evaluation.calibration.scaling` in a graph, in float64.

Of TensorFlow's own operations; tests walk all that there are, and an export is held to
those in NumPy before it gets its number.
"""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from zoo.evaluation.calibration.scaling import (
    SMALLEST,
    IsotonicScaling,
    NoScaling,
    Numbers,
    Scaling,
    TemperatureScaling,
    VectorScaling,
)


def calibrated(scaling: Scaling, probabilities: tf.Tensor) -> tf.Tensor:
    """What `Scaling.calibrated` gives.

    Args:
        probabilities: `[B, K]`.

    Returns:
        float64 `[B, K]`.
    """
    return GRAPH_SCALINGS[type(scaling)](scaling, tf.cast(probabilities, tf.float64))


def sum_of(columns: list[tf.Tensor]) -> tf.Tensor:
    """The sum, one after the other: the same to the last bit on every device."""
    first, *others = columns
    for column in others:
        first = first + column
    return first


def _unscaled(_: NoScaling, probabilities: tf.Tensor) -> tf.Tensor:
    return probabilities


def _by_temperature(scaling: TemperatureScaling, probabilities: tf.Tensor) -> tf.Tensor:
    return _softmax(_logarithms(probabilities) / scaling.temperature)


def _by_vector(scaling: VectorScaling, probabilities: tf.Tensor) -> tf.Tensor:
    factors = tf.constant(scaling.factors, tf.float64)
    biases = tf.constant(scaling.biases, tf.float64)
    return _softmax(_logarithms(probabilities) * factors + biases)


def _isotonic(scaling: IsotonicScaling, probabilities: tf.Tensor) -> tf.Tensor:
    lines = list(zip(scaling.stated, scaling.observed))
    if len(lines) == 1:
        of_one = _interpolated(probabilities[:, 1], *lines[0])
        return tf.stack([1 - of_one, of_one], axis=1)
    columns = [
        _interpolated(column, *line)
        for column, line in zip(tf.unstack(probabilities, axis=1), lines, strict=True)
    ]
    values, sums = tf.stack(columns, axis=1), sum_of(columns)[:, tf.newaxis]
    some = sums > 0
    return tf.where(some, values / tf.where(some, sums, 1.0), probabilities)


def _interpolated(values: tf.Tensor, stated: Numbers, observed: Numbers) -> tf.Tensor:
    """As `numpy.interp`, also at knots that two lines share, `[B]`."""
    knots, heights = (np.asarray(numbers, np.float64) for numbers in (stated, observed))
    if len(knots) == 1:
        return tf.fill(tf.shape(values), tf.constant(heights[0]))
    runs, rises = np.diff(knots), np.diff(heights)
    slopes = np.divide(rises, runs, out=np.zeros_like(rises), where=runs > 0)
    passed = tf.cast(values[:, tf.newaxis] >= knots, tf.int32)
    left = tf.reduce_sum(passed, axis=1) - 1
    left = tf.clip_by_value(left, 0, len(slopes) - 1)
    away = values - tf.gather(tf.constant(knots), left)
    between = away * tf.gather(tf.constant(slopes), left)
    between += tf.gather(tf.constant(heights), left)
    within = tf.where(values < knots[0], heights[0], between)
    return tf.where(values >= knots[-1], heights[-1], within)


def _logarithms(probabilities: tf.Tensor) -> tf.Tensor:
    return tf.math.log(tf.maximum(probabilities, tf.constant(SMALLEST, tf.float64)))


def _softmax(values: tf.Tensor) -> tf.Tensor:
    exponentials = tf.exp(values - tf.reduce_max(values, axis=1, keepdims=True))
    return exponentials / tf.reduce_sum(exponentials, axis=1, keepdims=True)


# One for each of `zoo.evaluation.calibration.scaling.SCALINGS`.
GRAPH_SCALINGS: dict[type, Callable[[Scaling, tf.Tensor], tf.Tensor]] = {
    NoScaling: _unscaled,
    TemperatureScaling: _by_temperature,
    VectorScaling: _by_vector,
    IsotonicScaling: _isotonic,
}
