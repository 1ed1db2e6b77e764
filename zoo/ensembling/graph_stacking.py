"""Stacking in a graph, by TensorFlow's own operations: see `log_odds` and `fitting`."""

import tensorflow as tf

from zoo.ensembling.fitting import Fitted
from zoo.ensembling.log_odds import LEAST


def log_odds(values: tf.Tensor) -> tf.Tensor:
    """Of probabilities `[M, B, K]`, each class against the rest."""
    shares = tf.clip_by_value(values, LEAST, 1 - LEAST)
    return tf.math.log(shares) - tf.math.log1p(-shares)


def answer(odds: tf.Tensor, fitted: Fitted) -> tf.Tensor:
    """What the fitted model says, `[B, K]`, of log-odds of M members, `[M, B, K]`."""
    classes = odds.shape[2]
    if classes == 2:
        odds = odds[:, :, 1:]
    width = odds.shape[0] * odds.shape[2]
    features = tf.reshape(tf.transpose(odds, [1, 0, 2]), [-1, width])
    coefficients = tf.constant(fitted["coefficients"], odds.dtype)
    intercepts = tf.constant(fitted["intercepts"], odds.dtype)
    scores = tf.linalg.matmul(features, coefficients, transpose_b=True) + intercepts
    if classes == 2:
        scores = tf.concat([tf.zeros_like(scores), scores], axis=1)
    return tf.nn.softmax(scores)
