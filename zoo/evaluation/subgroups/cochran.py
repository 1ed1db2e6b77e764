"""Cochran's Q: do estimates of independent groups differ by more than chance?"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True, kw_only=True)
class Heterogeneity:
    """What Q says.

    Args:
        statistic: Q (Cochran, Biometrics 10, 1954).
        degrees: groups - 1.
        p: of chi-square.
        i2: share of the variation that is beyond chance, (Q - df) / Q, 0 at least
            (Higgins and Thompson, Statistics in Medicine 21, 2002).
    """

    statistic: float
    degrees: int
    p: float
    i2: float


def heterogeneity(
    estimates: Sequence[float], variances: Sequence[float]
) -> Heterogeneity:
    """Q of estimates with their variances, weighted by the inverse of these.

    Args:
        estimates, variances: one for each independent group; variances positive.
    """
    estimates = np.asarray(estimates, float)
    weights = 1 / np.asarray(variances, float)
    mean = (weights * estimates).sum() / weights.sum()
    statistic = float((weights * (estimates - mean) ** 2).sum())
    degrees = len(estimates) - 1
    return Heterogeneity(
        statistic=statistic,
        degrees=degrees,
        p=float(stats.chi2.sf(statistic, degrees)),
        i2=max(0.0, (statistic - degrees) / statistic) if statistic > 0 else 0.0,
    )


def logit(area: float, variance: float) -> tuple[float, float]:
    """An AUC between 0 and 1 and its variance on the logit scale (delta method)."""
    slope = 1 / (area * (1 - area))
    return math.log(area / (1 - area)), variance * slope**2
