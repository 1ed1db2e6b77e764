"""Average precision: the area under the precision-recall curve, as steps."""

import math

import numpy as np
from scipy.special import stdtrit

from zoo.evaluation.metrics.intervals import Interval, normal_quantile, wilson_ends


def resampled_average_precision(
    positive: np.ndarray, scores: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """The mean precision over the positives, each at its own score, `[R]`.

    The sum over thresholds of the gain in recall times the precision there, without
    interpolation; equal scores are one threshold (Davis and Goadrich, ICML 2006, on why
    a straight line between two points is too high; the same as scikit-learn's
    `average_precision_score`). Guessing reaches the prevalence.

    Args:
        positive: truth, bool `[N]`.
        scores: higher speaks for positive, `[N]`.
        weights: how often each sample stands in each resample, float64 `[R, N]`; faster
            where it is the transpose of an array in C order.
    Returns:
        NaN where there is no positive, and where a score is not finite.
    """
    if not np.isfinite(scores).all() or not positive.any():
        return np.full(len(weights), np.nan)
    order = np.argsort(-scores, kind="stable")
    threshold = np.cumsum(np.r_[True, np.diff(scores[order]) != 0]) - 1
    # Thresholds without a positive add no recall: their samples belong to the next.
    with_positive = np.unique(threshold[positive[order]])
    step = np.searchsorted(with_positive, threshold)
    counted = step < len(with_positive)  # what lies below the last positive is not
    of_all = _sums(step[counted], order[counted], len(with_positive), weights)
    true = counted & positive[order]
    of_positives = _sums(step[true], order[true], len(with_positive), weights)
    found = np.cumsum(of_positives, axis=0)
    called = np.cumsum(of_all, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        precision = np.where(called > 0, found / called, 0)
        return (of_positives * precision).sum(axis=0) / found[-1]


def _sums(
    step: np.ndarray, sample: np.ndarray, steps: int, weights: np.ndarray
) -> np.ndarray:
    """Weights of the samples of every step, `[steps, R]`."""
    from scipy.sparse import csr_array  # only here: a command line is read without it

    ones = np.ones(len(step))
    members = csr_array((ones, (step, sample)), shape=(steps, weights.shape[1]))
    return members @ weights.T


def wilson_bootstrap(
    value: float, replicates: np.ndarray, positives: int, confidence: float
) -> Interval:
    """Of an average precision, or of a mean of several.

    A mean of numbers of 0..1 over the positives, its interval is one of a proportion
    (Boyd, Eng and Page, ECML PKDD 2013, LNCS 8190): Wilson's, of the number of
    positives that gives it the variance which resamples of patients show. As much wider
    as Student's t interval of the positive patients is than the normal one. Where
    resamples do not vary, the number is that of these patients.

    Args:
        value: the average precision.
        replicates: those of the resamples, `[R]`; NaN is left out.
        positives: patients with a positive sample.
    """
    method, z = "wilson_bootstrap", normal_quantile(confidence)
    defined = replicates[np.isfinite(replicates)]
    if positives < 2 or defined.size < max(2, replicates.size / 2):
        return Interval(method=method, reason="a class has fewer than two patients")
    variance, number = float(defined.var()), float(positives)
    if variance > 1e-14 and value < 1:
        wider = float(stdtrit(positives - 1, 0.5 + confidence / 2)) / z
        wider *= math.sqrt(positives / (positives - 1))
        number = value * (1 - value) / variance / wider**2
    low, high = wilson_ends(value, number, z)
    return Interval(
        method=method,
        low=low,
        high=high,
        undefined=int(replicates.size - defined.size),
    )
