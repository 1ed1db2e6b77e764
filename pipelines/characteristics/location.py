"""Tests of a number between groups: is one group's higher than another's?"""

from collections.abc import Sequence

import numpy as np
from scipy import stats

from pipelines.characteristics.contingency import TestResult

LEAST = 2  # known numbers of a group


def difference(groups: Sequence[np.ndarray], *, normal: bool) -> TestResult:
    """Two groups: Welch's t or Mann-Whitney; more: one-way ANOVA or Kruskal-Wallis.

    Welch (Biometrika 34, 1947) does not ask for equal variances, and Welch's ANOVA
    (Biometrika 38, 1951) neither; Mann and Whitney (1947), exact where there are no
    ties and one group has 8 or fewer; Kruskal and Wallis (1952). All two-sided.

    Args:
        groups: the known numbers of each; groups of fewer than two are left out.
        normal: whether means are compared, else ranks.
    """
    groups = [np.asarray(group, float) for group in groups if len(group) >= LEAST]
    if len(groups) < 2:
        reason = "fewer than two groups with two known numbers"
        return TestResult(test="", p=None, reason=reason)
    if np.ptp(np.concatenate(groups)) == 0:
        return TestResult(test="", p=None, reason="all numbers are the same")
    if normal and any(np.ptp(group) == 0 for group in groups):
        normal = False  # a variance of 0 has no t
    if normal:
        return _welch(groups)
    if len(groups) == 2:
        result = stats.mannwhitneyu(*groups, alternative="two-sided", method="auto")
        return TestResult(
            test="Mann-Whitney",
            p=float(result.pvalue),
            statistic=float(result.statistic),
        )
    result = stats.kruskal(*groups)
    return TestResult(
        test="Kruskal-Wallis",
        p=float(result.pvalue),
        statistic=float(result.statistic),
        degrees=len(groups) - 1,
    )


def _welch(groups: Sequence[np.ndarray]) -> TestResult:
    """Welch's ANOVA; of two groups his t, of which it is the square."""
    number = len(groups)
    sizes = np.array([len(group) for group in groups], float)
    means = np.array([group.mean() for group in groups])
    weights = sizes / np.array([group.var(ddof=1) for group in groups])
    total = weights.sum()
    mean = (weights * means).sum() / total
    between = (weights * (means - mean) ** 2).sum() / (number - 1)
    spread = ((1 - weights / total) ** 2 / (sizes - 1)).sum()
    statistic = between / (1 + 2 * (number - 2) / (number**2 - 1) * spread)
    degrees = (number**2 - 1) / (3 * spread)
    p = float(stats.f.sf(statistic, number - 1, degrees))
    if number == 2:
        t = float(np.sqrt(statistic) * np.sign(means[0] - means[1]))
        return TestResult(test="Welch t", p=p, statistic=t, degrees=float(degrees))
    return TestResult(
        test="Welch ANOVA", p=p, statistic=float(statistic), degrees=float(degrees)
    )


def looks_normal(values: np.ndarray) -> bool:
    """Whether mean and SD describe the known numbers: a rule on their skewness.

    Moderate skewness, of less than 1 in size, and 8 numbers or more; it decides what a
    table shows and which test compares it, for all groups together.
    """
    values = values[~np.isnan(values)]
    if len(values) < 8 or np.ptp(values) == 0:
        return False
    return bool(abs(stats.skew(values)) < 1)
