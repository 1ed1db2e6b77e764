"""The area under the ROC curve."""

import numpy as np

_BLOCK = 200_000  # weights at a time, resamples x samples; they stay in the cache


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
    above, below = np.flatnonzero(positive), np.flatnonzero(~positive)
    if not len(above) or not len(below):
        return np.full(len(weights), np.nan)
    below = below[np.argsort(scores[below], kind="stable")]
    above = above[np.argsort(scores[above], kind="stable")]
    lower = np.searchsorted(scores[below], scores[above], side="left")
    not_higher = np.searchsorted(scores[below], scores[above], side="right")
    ties = (lower != not_higher).any()
    at_once = max(1, _BLOCK // len(scores))
    areas = np.empty(len(weights))
    beaten = np.zeros((at_once, len(below) + 1))  # the k lowest negatives, weighted
    for start in range(0, len(weights), at_once):
        block = weights[start : start + at_once]
        counts = beaten[: len(block)]
        np.cumsum(block[:, below], axis=1, out=counts[:, 1:])
        wins = np.take(counts, lower, axis=1)
        if ties:
            wins = (wins + np.take(counts, not_higher, axis=1)) / 2
        weight = block[:, above]
        pairs = weight.sum(axis=1) * counts[:, -1]
        with np.errstate(divide="ignore", invalid="ignore"):
            areas[start : start + at_once] = np.einsum("ij,ij->i", weight, wins) / pairs
    return areas


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
