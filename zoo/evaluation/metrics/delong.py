"""DeLong's interval of the area under the ROC curve."""

import math
from statistics import NormalDist

import numpy as np
from scipy.stats import rankdata

from zoo.evaluation.metrics.intervals import Interval, check_confidence


def delong_variance(positive: np.ndarray, scores: np.ndarray) -> float:
    """Variance of the empirical AUC (DeLong, DeLong and Clarke-Pearson, 1988).

    By midranks in O(N log N) (Sun and Xu, IEEE Signal Processing Letters 21, 2014).

    Args:
        positive: truth, bool `[N]`; at least two of either.
        scores: higher speaks for positive, `[N]`.
    """
    above, below = scores[positive], scores[~positive]
    if len(above) < 2 or len(below) < 2:
        raise ValueError(
            "DeLong's variance wants two positives and two negatives. "
            f"Received: {len(above)} and {len(below)}"
        )
    ranks = rankdata(np.concatenate([above, below]))
    wins = (ranks[: len(above)] - rankdata(above)) / len(below)
    losses = (ranks[len(above) :] - rankdata(below)) / len(above)
    return float(
        np.var(wins, ddof=1) / len(above) + np.var(losses, ddof=1) / len(below)
    )


def delong(
    positive: np.ndarray, scores: np.ndarray, area: float, confidence: float
) -> Interval:
    """DeLong's interval of an AUC of independent samples, cut off at 0 and 1.

    None where a class has fewer than two samples, nor where the classes are wholly
    separated: the variance is then estimated as 0.
    """
    check_confidence(confidence)
    if min(positive.sum(), (~positive).sum()) < 2:
        return Interval(method="delong", reason="a class has fewer than two samples")
    variance = delong_variance(positive, scores)
    if variance <= 0:
        return Interval(
            method="delong", reason="the scores separate the classes: no variance"
        )
    half = NormalDist().inv_cdf(0.5 + confidence / 2) * math.sqrt(variance)
    return Interval(
        method="delong", low=max(0.0, area - half), high=min(1.0, area + half)
    )
