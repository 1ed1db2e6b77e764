"""Standardised mean differences: how far groups are apart, whatever their sizes."""

import itertools
import math
from collections.abc import Sequence

import numpy as np


def largest_difference(groups: Sequence[np.ndarray], levels: int = 0) -> float:
    """The largest standardised mean difference of two of the groups; NaN without two.

    Numbers: the difference of means over the root of the mean variance (Austin,
    Statistics in Medicine 28, 2009). Categories: the Mahalanobis distance of the
    shares (Yang and Dalton, SAS Global Forum 2012, paper 335). 0.1 is often taken for
    balanced. In small groups chance alone gives more.

    Args:
        groups: the known values of each: numbers, or places of levels.
        levels: of a categorical column; 0 = numbers.
    """
    filled = [np.asarray(group, float) for group in groups if len(group) > 0]
    pairs = itertools.combinations(filled, 2)
    distance = _of_shares if levels else _of_numbers
    values = [distance(first, second, levels) for first, second in pairs]
    known = [value for value in values if not math.isnan(value)]
    return max(known) if known else math.nan


def _of_numbers(first: np.ndarray, second: np.ndarray, levels: int) -> float:
    if min(len(first), len(second)) < 2:
        return math.nan
    variance = (first.var(ddof=1) + second.var(ddof=1)) / 2
    apart = abs(first.mean() - second.mean())
    if variance == 0:
        return 0.0 if apart == 0 else math.inf
    return float(apart / math.sqrt(variance))


def _of_shares(first: np.ndarray, second: np.ndarray, levels: int) -> float:
    shares = [
        np.bincount(g.astype(int), minlength=levels) / len(g) for g in (first, second)
    ]
    shares = [share[1:] for share in shares]  # the first follows from the others
    apart = shares[0] - shares[1]
    if not apart.any():
        return 0.0
    covariances = [np.diag(share) - np.outer(share, share) for share in shares]
    inverse = np.linalg.pinv((covariances[0] + covariances[1]) / 2)
    squared = float(apart @ inverse @ apart)
    return math.sqrt(squared) if squared > 1e-12 else math.inf
