"""What samples contribute to objectives that are means, and what curves are drawn of.

Losses are in float64 from the logits, never smoothed nor focal, as training validates
(`zoo.training.callbacks.validation_scores`).
"""

import numpy as np

from zoo.evaluation.comparison.forms import Curve
from zoo.evaluation.metrics.classification import decide
from zoo.evaluation.predictions.predictions import Predictions


def cross_entropy(predictions: Predictions) -> np.ndarray:
    """Of classes that exclude each other, `[N]`."""
    logits = np.asarray(predictions.outputs["logit"], np.float64)
    rows = np.arange(len(logits))
    return np.logaddexp.reduce(logits, axis=1) - logits[rows, predictions.label]


def steps_loss(predictions: Predictions) -> np.ndarray:
    """Of grades, `[N]`: the binary cross-entropies of "is it above grade k?", summed.

    The ordinal log loss of Cao, Mirjalili and Raschka (2020), equation 4.
    """
    logits = predictions.kind.last_numbers({"logits": predictions.outputs["logit"]}, ())
    above = predictions.label[:, None] > np.arange(logits.shape[1])
    return _binary_cross_entropy(above, logits).sum(axis=1)


def labels_loss(predictions: Predictions) -> np.ndarray:
    """The binary cross-entropy of every label, `[N, M]`; NaN where it isn't known."""
    logits = np.asarray(predictions.outputs["logit"], np.float64)
    losses = _binary_cross_entropy(predictions.truth == 1, logits)
    return np.where(np.isnan(predictions.truth), np.nan, losses)


def _binary_cross_entropy(present: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """`-log sigmoid(x)` where present, else `-log sigmoid(-x)`."""
    return np.logaddexp(0, np.where(present, -logits, logits))


def right(predictions: Predictions) -> np.ndarray:
    """Whether the largest logit is the true class's, 0 or 1, `[N]`."""
    return (decide(predictions.outputs["logit"]) == predictions.label).astype(float)


def right_by_class(predictions: Predictions) -> np.ndarray:
    """Whether the most probable class is the true one, 0 or 1, `[N, K]`.

    In the column of the true class; NaN in the others.
    """
    columns = np.full((len(predictions), len(predictions.names)), np.nan)
    called = decide(predictions.probabilities)
    rows = np.arange(len(predictions))
    columns[rows, predictions.label] = called == predictions.label
    return columns


def right_labels(predictions: Predictions) -> np.ndarray:
    """Whether a label's logit is on its side of 0, `[N, M]`; NaN if not known."""
    equal = (predictions.outputs["logit"] > 0) == (predictions.truth == 1)
    return np.where(np.isnan(predictions.truth), np.nan, equal)


def squared_error(predictions: Predictions) -> np.ndarray:
    """Of probabilities, `[N]`: of two classes that of class 1, of more the sum.

    `brier` of `zoo.evaluation.metrics.classification`.
    """
    squared = np.asarray(predictions.probabilities, np.float64).copy()
    squared[np.arange(len(squared)), predictions.label] -= 1
    squared **= 2
    return squared[:, 1] if squared.shape[1] == 2 else squared.sum(axis=1)


def squared_error_of_labels(predictions: Predictions) -> np.ndarray:
    """Of each label's probability, `[N, M]`; NaN where it isn't known."""
    return (predictions.probabilities - predictions.truth) ** 2


def grade_error(predictions: Predictions) -> np.ndarray:
    """Distance between the true and the most probable grade, `[N]`."""
    off = decide(predictions.probabilities) - predictions.label
    return np.abs(off).astype(np.float64)


def absolute_error(predictions: Predictions) -> np.ndarray:
    """Of every number, `[N, M]`, in its units; NaN where it isn't known."""
    return np.abs(predictions.outputs["pred"] - predictions.truth)


def curves_of_classes(predictions: Predictions) -> tuple[Curve, ...]:
    """Of two classes that of class 1, of more each against the rest."""
    classes = len(predictions.names)
    return tuple(
        Curve(
            known=np.ones(len(predictions), bool),
            positive=predictions.label == c,
            scores=predictions.probabilities[:, c],
        )
        for c in ((1,) if classes == 2 else range(classes))
    )


def curves_of_labels(predictions: Predictions) -> tuple[Curve, ...]:
    """Of every label, over the samples that know it."""
    return tuple(
        Curve(known=~np.isnan(truth), positive=truth == 1, scores=logits)
        for truth, logits in zip(predictions.truth.T, predictions.outputs["logit"].T)
    )


def called_right(predictions: Predictions) -> np.ndarray:
    """Whether the most probable class is the true one, 0 or 1, `[N]`."""
    return (decide(predictions.probabilities) == predictions.label).astype(float)


def called_right_labels(predictions: Predictions) -> np.ndarray:
    """Whether a label's probability is on its side of 1/2, `[N, M]`; NaN if unknown."""
    equal = (predictions.probabilities > 0.5) == (predictions.truth == 1)
    return np.where(np.isnan(predictions.truth), np.nan, equal)


def log_loss(predictions: Predictions) -> np.ndarray:
    """Of the true class's probability, `[N]`: `metrics.classification.log_loss`."""
    shares = np.asarray(predictions.probabilities, np.float64)
    rows = np.arange(len(shares))
    return _log_loss(shares[rows, predictions.label] / shares.sum(axis=1))


def log_loss_of_labels(predictions: Predictions) -> np.ndarray:
    """Likewise of every label, `[N, M]`; NaN where it isn't known."""
    shares = np.asarray(predictions.probabilities, np.float64)
    losses = _log_loss(np.where(predictions.truth == 1, shares, 1 - shares))
    return np.where(np.isnan(predictions.truth), np.nan, losses)


def _log_loss(shares: np.ndarray) -> np.ndarray:
    tiny = np.finfo(np.float64).eps
    return -np.log(np.clip(shares, tiny, 1 - tiny))


def shares_of_labels(predictions: Predictions) -> tuple[Curve, ...]:
    """The curve of every label's probability, over the samples that know it."""
    return tuple(
        Curve(known=~np.isnan(truth), positive=truth == 1, scores=shares)
        for truth, shares in zip(predictions.truth.T, predictions.probabilities.T)
    )
