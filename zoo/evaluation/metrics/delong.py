"""DeLong's interval of the area under the ROC curve."""

import math

import numpy as np

from zoo.evaluation.metrics.intervals import Interval, normal_quantile
from zoo.evaluation.metrics.placements import placements


def delong_variance(positive: np.ndarray, scores: np.ndarray) -> float:
    """Variance of the empirical AUC (DeLong, DeLong and Clarke-Pearson, 1988).

    Args:
        positive: truth, bool `[N]`; at least two of either.
        scores: higher speaks for positive, `[N]`.
    """
    above, below = int(positive.sum()), int((~positive).sum())
    if above < 2 or below < 2:
        raise ValueError(
            "DeLong's variance wants two positives and two negatives. "
            f"Received: {above} and {below}"
        )
    squares = placements(positive, scores)[1] ** 2
    return float(
        squares[positive].sum() * above / (above - 1)
        + squares[~positive].sum() * below / (below - 1)
    )


def delong(
    positive: np.ndarray, scores: np.ndarray, area: float, confidence: float
) -> Interval:
    """DeLong's interval of an AUC of independent samples, cut off at 0 and 1.

    None where a class has fewer than two samples, nor where no sample differs from
    another of its class: the variance is then estimated as 0.
    """
    z = normal_quantile(confidence)
    if min(positive.sum(), (~positive).sum()) < 2:
        return Interval(method="delong", reason="a class has fewer than two samples")
    variance = delong_variance(positive, scores)
    if variance <= 0:
        return Interval(method="delong", reason=no_variance(area))
    half = z * math.sqrt(variance)
    return Interval(
        method="delong", low=max(0.0, area - half), high=min(1.0, area + half)
    )


def no_variance(area: float) -> str:
    """Why an area's variance is estimated as 0."""
    if area in (0.0, 1.0):
        return "the scores separate the classes: no variance"
    return "the samples of a class score alike: no variance"
