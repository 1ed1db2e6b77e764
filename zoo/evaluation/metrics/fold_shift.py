"""Whether the scores of several folds' networks are shifted against each other."""

import math
from collections.abc import Sequence

import numpy as np
from scipy.stats import chi2, kruskal


def fold_shift(scores: np.ndarray, fold: np.ndarray, stratum: np.ndarray) -> float:
    """The chance that scores differ as much between folds that are not shifted.

    Of patients of one class, folds differ by chance alone where their networks score
    alike. Kruskal and Wallis' statistics of the classes (Journal of the American
    Statistical Association 47, 1952) are added, and so are their degrees of freedom:
    chi-squared with the sum.

    Args:
        scores: one of each patient, `[N]`.
        fold: number of the patient's fold, int `[N]`.
        stratum: of the patient's class, int `[N]`.
    Returns:
        NaN where no class has patients of two folds who score differently.
    """
    statistic, degrees = 0.0, 0
    for value in np.unique(stratum):
        rows = stratum == value
        groups = [scores[rows & (fold == number)] for number in np.unique(fold[rows])]
        if len(groups) > 1 and np.ptp(scores[rows]) > 0:
            statistic += float(kruskal(*groups).statistic)
            degrees += len(groups) - 1
    return float(chi2.sf(statistic, degrees)) if degrees else math.nan


def least_of(chances: Sequence[float]) -> float:
    """The least of several tests' chances, times their number (Bonferroni), up to 1."""
    defined = [chance for chance in chances if not math.isnan(chance)]
    return min(1.0, min(defined) * len(defined)) if defined else math.nan
