"""The area under the ROC curve."""

import numpy as np


def resampled_auc(
    positive: np.ndarray, scores: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Weighted area under the ROC curve, ties counting half, `[R]`.

    The Mann-Whitney form: the share of (positive, negative) pairs in which the
    positive scores higher.

    Args:
        positive: truth, bool `[N]`.
        scores: higher speaks for positive, `[N]`.
        weights: how often each sample stands in each resample, `[R, N]`.
    Returns:
        NaN where either side has no sample, and where a score is not finite.
    """
    if not np.isfinite(scores).all():
        return np.full(len(weights), np.nan)
    order = np.argsort(scores, kind="stable")
    ordered = scores[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    weights = weights[:, order]
    above = np.add.reduceat(weights * positive[order], starts, axis=1)
    below = np.add.reduceat(weights * ~positive[order], starts, axis=1)
    lower = np.cumsum(below, axis=1) - below / 2
    pairs = above.sum(axis=1) * below.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (above * lower).sum(axis=1) / pairs


def auc(positive: np.ndarray, scores: np.ndarray) -> float:
    """The area of N samples as they are; NaN as `resampled_auc` says."""
    if not len(scores):
        return float("nan")
    weights = np.ones((1, len(scores)))
    return float(resampled_auc(np.asarray(positive, bool), scores, weights)[0])


def auc_of_classes(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Of two classes the AUC of class 1, of more the mean of the one-vs-rest AUCs.

    Args:
        labels: class indices, int `[N]`.
        probabilities: `[N, K]`.
    Returns:
        NaN if a class has no sample or a probability is not finite.
    """
    labels, probabilities = np.asarray(labels), np.asarray(probabilities)
    classes = probabilities.shape[1]
    shown = (1,) if classes == 2 else range(classes)
    return float(np.mean([auc(labels == c, probabilities[:, c]) for c in shown]))
