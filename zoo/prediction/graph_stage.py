"""The last stage of networks in a graph: what `stage.answer` says, to be served.

`zoo.evaluation.last_stage.stage` is NumPy alone and predicts and judges; this is the
same of TensorFlow's own operations, in float64. An export is held to NumPy's answers.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import tensorflow as tf

from zoo.evaluation.last_stage.stage import PROBABILITIES, LastStage, check_alike
from zoo.prediction import graph_reject_rules, graph_scalings
from zoo.prediction.staged_answer import (
    IS_UNKNOWN,
    PREDICTION_SET,
    SCORE,
    UNCALIBRATED,
)

Tensors = Mapping[str, tf.Tensor]


def staged(
    answered: Tensors,
    each: Sequence[Tensors],
    stages: Sequence[LastStage],
    weights: Sequence[float],
) -> dict[str, tf.Tensor]:
    """What `zoo.prediction.last_stage.answer` says, and what the stages make of it.

    Args:
        answered: of the networks together, `[B, ...]`.
        each: the outputs of every network, `[B, ...]`.
        stages: of the networks.
        weights: of the networks, positive.

    Returns:
        By name what `zoo.prediction.staged_answer.staged` gives.

    Raises:
        DataError: the stages have different classes, events, rules or levels of sets.
    """
    check_alike(stages)
    shares = [weight / sum(weights) for weight in weights]
    calibrated, scores, unknown = [], [], []
    for stage, outputs in zip(stages, each, strict=True):
        probabilities = graph_scalings.calibrated(stage.scaling, outputs[PROBABILITIES])
        scored, rejected = _judged(stage, probabilities, outputs)
        calibrated.append(probabilities)
        scores.append(scored)
        unknown.append(rejected)
    together = _mean(calibrated, shares)
    threshold = None
    if stages[0].operating_point is not None:
        points = [stage.operating_point.threshold for stage in stages]
        threshold = float(np.dot(points, shares))
    names = tf.constant(stages[0].classes)
    sets = {}
    if stages[0].sets is not None:
        own = [_set_of(stage, outputs) for stage, outputs in zip(stages, each)]
        sets[PREDICTION_SET] = _half(own, weights)
    return {
        **answered,
        PROBABILITIES: tf.cast(together, tf.float32),
        "label": tf.gather(names, decide(together, stages[0].event, threshold)),
        UNCALIBRATED: answered[PROBABILITIES],
        SCORE: tf.cast(_mean(scores, shares), tf.float32),
        IS_UNKNOWN: _half(unknown, weights),
        **sets,
    }


def decide(
    probabilities: tf.Tensor, event: np.ndarray | None, threshold: float | None
) -> tf.Tensor:
    """What `stage.decide` gives: class indices, int32 `[B]`.

    Args:
        probabilities: calibrated, float64 `[B, K]`.
        event: whether each class belongs to it, bool `[K]`; none = no threshold.
        threshold: of the event's probability.
    """
    if event is None:
        return _first_largest(probabilities)
    columns = tf.unstack(probabilities, axis=1)
    chance = graph_scalings.sum_of([columns[place] for place in np.flatnonzero(event)])
    called = (chance >= threshold)[:, tf.newaxis]
    open_to = tf.where(called, tf.constant(event), tf.constant(~event))
    return _first_largest(tf.where(open_to, probabilities, -1.0))


def _judged(
    stage: LastStage, calibrated: tf.Tensor, outputs: Tensors
) -> tuple[tf.Tensor, tf.Tensor]:
    """Scores, float64 `[B]`, and which are too low, bool `[B]`."""
    if stage.reject is None:
        scores = tf.reduce_max(calibrated, axis=1)
        return scores, tf.zeros_like(scores, tf.bool)
    scores = graph_reject_rules.scores(stage.reject, calibrated, outputs)
    return scores, scores < stage.reject.threshold


def _set_of(stage: LastStage, outputs: Tensors) -> tf.Tensor:
    """Whether each class is in the set, bool `[B, K]`: compared in float32."""
    lowest = tf.constant(stage.sets.lowest, tf.float32)
    return tf.cast(outputs[PROBABILITIES], tf.float32) >= lowest


def _half(votes: Sequence[tf.Tensor], weights: Sequence[float]) -> tf.Tensor:
    """Whether networks of half the weight or more say so, bool of the votes' shape."""
    counted = [tf.cast(vote, tf.float64) * w for vote, w in zip(votes, weights)]
    return 2 * graph_scalings.sum_of(counted) >= sum(weights)


def _mean(tensors: Sequence[tf.Tensor], shares: Sequence[float]) -> tf.Tensor:
    if len(tensors) == 1:
        return tensors[0]
    return graph_scalings.sum_of([t * share for t, share in zip(tensors, shares)])


def _first_largest(values: tf.Tensor) -> tf.Tensor:
    """The index of the largest in each row; of equal ones the first, on any device.

    Where none is, of what is no number, an index all the same: other rows of a batch
    are to get their answer.
    """
    largest = values >= tf.reduce_max(values, axis=1, keepdims=True)
    last = values.shape[1] - 1
    return tf.reduce_min(tf.where(largest, tf.range(last + 1), last), axis=1)
