"""Intervals of an area under the ROC curve from its value and the counts alone.

They hold near 1 and in small samples, where DeLong's is far too short: its variance is
estimated as nearly 0 there.
"""

import math
from functools import lru_cache

import numpy as np
from scipy.optimize import brentq
from scipy.special import log_ndtr, ndtr

from zoo.evaluation.metrics.intervals import (
    Interval,
    check_confidence,
    normal_quantile,
)

_SURE = 1 - 1e-13  # of an area; 1 itself solves the equation of the ends, too
_GRID = np.linspace(-9, 9, 3601)  # of a standard normal score


def variance(area: float, positives: float, negatives: float) -> float:
    """Of an empirical area (Hanley and McNeil, Radiology 143, 1982).

    That of exponentially distributed scores, in which Newcombe puts the mean of both
    counts, less 1, in the place of each less 1.
    """
    each = (positives + negatives) / 2 - 1
    spread = 1 + each * (1 - area) / (2 - area) + each * area / (1 + area)
    return area * (1 - area) * spread / (positives * negatives)


def newcombe(
    area: float, positives: float, negatives: float, confidence: float
) -> Interval:
    """The score interval of an AUC of independent samples.

    Method 5 of Newcombe (Statistics in Medicine 25, 2006, 559-573): the ends are the
    areas A whose own standard error puts the found one z of them away,
    `|area - A| = z sqrt(variance(A))`. Both ends lie in 0..1.

    Args:
        area: the empirical AUC, ties counting half.
        positives, negatives: how many, 1 or more; effective numbers need not be whole.
    """
    z = normal_quantile(confidence)
    if min(positives, negatives) < 1:
        return Interval(method="newcombe", reason="a class has no sample")

    def lower(candidate: float, found: float) -> float:
        return (
            found - candidate - z * math.sqrt(variance(candidate, positives, negatives))
        )

    def end(found: float) -> float:
        if found <= 0:
            return 0.0
        return brentq(lower, 0.0, min(found, _SURE), args=(found,), xtol=1e-12)

    # The variance is the same of A and 1 - A.
    return Interval(method="newcombe", low=end(area), high=1 - end(1 - area))


def separation(positives: int, negatives: int, confidence: float) -> Interval:
    """The lower bound of the AUC where every positive scores above every negative.

    Of normal scores with one variance (the binormal model), the least area with which
    the classes are wholly separated with a probability of `1 - confidence`: with a
    smaller one what was seen would be rarer than that. One-sided, for above an AUC of 1
    there is nothing. 12 against 12 at 95 %: 0.92.

    Args:
        positives, negatives: independent samples of each class, 1 or more.
    """
    check_confidence(confidence)
    low = _least_area(positives, negatives, confidence)
    return Interval(method="separation", low=low, high=1.0, one_sided=True)


@lru_cache(maxsize=4096)
def _least_area(positives: int, negatives: int, confidence: float) -> float:
    """Found by bisection; the probability grows with the area."""

    def excess(distance: float) -> float:
        return _separated(distance, positives, negatives) - (1 - confidence)

    return float(ndtr(brentq(excess, -20, 20, xtol=1e-9) / math.sqrt(2)))


def _separated(distance: float, positives: int, negatives: int) -> float:
    """How often all positives score above the largest negative.

    Integrates over that one's value: `n phi(x) Phi(x)^(n - 1) Phi(distance - x)^m`.

    Args:
        distance: of the classes' means, in standard deviations; the AUC is
            `Phi(distance / sqrt 2)`.
    """
    logs = (negatives - 1) * log_ndtr(_GRID) + positives * log_ndtr(distance - _GRID)
    heights = np.exp(logs - _GRID**2 / 2) * negatives / math.sqrt(2 * math.pi)
    return float(heights.sum() * (_GRID[1] - _GRID[0]))
