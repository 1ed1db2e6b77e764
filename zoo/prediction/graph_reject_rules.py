"""The reject rules of `zoo.evaluation.rejection.rules` in a graph, in float64.

Of TensorFlow's own operations, as `zoo.prediction.graph_scalings`.
"""

from collections.abc import Callable, Mapping

import numpy as np
import tensorflow as tf

from pipelines.errors import DataError
from zoo.evaluation.rejection.rules import (
    FEATURES,
    LOGITS,
    Energy,
    LargestProbability,
    Mahalanobis,
    RejectRule,
)

Tensors = Mapping[str, tf.Tensor]


def scores(rule: RejectRule, calibrated: tf.Tensor, outputs: Tensors) -> tf.Tensor:
    """What `RejectRule.scores` gives.

    Args:
        calibrated: probabilities, float64 `[B, K]`.
        outputs: of the network by the names in `rule.needs`, `[B, ...]`.

    Returns:
        float64 `[B]`.

    Raises:
        DataError: another number of features than the rule was fitted to.
    """
    return GRAPH_RULES[type(rule)](rule, calibrated, outputs)


def _largest(_: LargestProbability, calibrated: tf.Tensor, __: Tensors) -> tf.Tensor:
    return tf.reduce_max(calibrated, axis=1)


def _energy(_: Energy, __: tf.Tensor, outputs: Tensors) -> tf.Tensor:
    logits = tf.cast(outputs[LOGITS], tf.float64)
    highest = tf.reduce_max(logits, axis=1, keepdims=True)
    total = tf.reduce_sum(tf.exp(logits - highest), axis=1)
    return highest[:, 0] + tf.math.log(total)


def _distance(rule: Mahalanobis, _: tf.Tensor, outputs: Tensors) -> tf.Tensor:
    features = tf.cast(outputs[FEATURES], tf.float64)
    means = np.array(rule.means)
    if features.shape[1] != means.shape[1]:
        raise DataError(
            f"the reject rule was fitted to {means.shape[1]} features. Received: "
            f"{features.shape[1]}. Fit it anew with python -m zoo.calibrate"
        )
    directions = tf.constant(np.array(rule.directions).reshape(-1, means.shape[1]))
    weights = tf.constant(1 / np.array(rule.variances) - 1 / rule.rest)
    distances = []
    for mean in means:
        away = features - mean
        along = tf.matmul(away, directions, transpose_b=True)
        beside = tf.reduce_sum(along**2 * weights, axis=1)
        distances.append(tf.reduce_sum(away**2, axis=1) / rule.rest + beside)
    return -tf.reduce_min(tf.stack(distances), axis=0)


# One for each of `zoo.evaluation.rejection.rules.RULES`.
GRAPH_RULES: dict[type, Callable[[RejectRule, tf.Tensor, Tensors], tf.Tensor]] = {
    LargestProbability: _largest,
    Energy: _energy,
    Mahalanobis: _distance,
}
