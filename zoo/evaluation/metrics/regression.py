"""Metrics of predicted numbers, of many resamples at once; undefined ones say why.

`mae`, `rmse`, `bias`
    Mean absolute error, root of the mean squared error, mean of predicted - true.
`r2`
    1 - squared errors / squared distances of the truth from its mean.
`pearson`, `spearman`
    Correlation of the numbers, and of their ranks, of which equal ones share the mean.
`ccc`
    Concordance (Lin, Biometrics 45, 1989): the correlation, lowered by what the
    predictions are shifted or stretched.
`lower_limit`, `upper_limit`
    Limits of agreement (Bland and Altman, Lancet 1986): bias -/+ 1.96 standard
    deviations (N - 1) of predicted - true.
"""

import math

import numpy as np

from zoo.evaluation.metrics.classification import Measure

METRICS = (
    *("mae", "rmse", "r2", "pearson", "spearman", "ccc"),
    *("bias", "lower_limit", "upper_limit"),
)
_AGREEMENT = 1.96
_NOTHING = 1e-12  # share of the mean square; less than that is rounding


def measure(truth: np.ndarray, found: np.ndarray) -> dict[str, Measure]:
    """Every metric of N samples, `[N]` each."""
    if len(truth) < 2:
        reason = "fewer than two samples know it"
        return {name: Measure(value=math.nan, reason=reason) for name in METRICS}
    values = replicate(truth, found, np.ones((1, len(truth))))
    return {
        name: Measure(value=float(value[0]), reason=_reason(value[0], truth, found))
        for name, value in values.items()
    }


def _reason(value: float, truth: np.ndarray, found: np.ndarray) -> str:
    if not math.isnan(value):
        return ""
    same = "the truth is" if np.ptp(truth) == 0 else "the predictions are"
    return f"{same} one and the same number throughout"


def replicate(
    truth: np.ndarray, found: np.ndarray, weights: np.ndarray
) -> dict[str, np.ndarray]:
    """The metrics of R resamples, `[R]` each, NaN where undefined.

    Args:
        truth, found: `[N]`.
        weights: how often each sample stands in each resample, `[R, N]`.
    """
    weights = np.asarray(weights, np.float64)
    errors = found - truth
    with np.errstate(divide="ignore", invalid="ignore"):
        total = weights.sum(axis=1)
        squared = weights @ errors**2 / total
        bias = weights @ errors / total
        centre = truth.mean()  # far from 0 squares would hide what differs
        mean_t, mean_f, var_t, var_f, both = _moments(
            truth - centre, found - centre, weights
        )
        apart = np.nan_to_num(var_t) + np.nan_to_num(var_f)
        spread = np.sqrt(np.maximum(squared - bias**2, 0) * total / (total - 1))
        ranks = (_ranks(values, weights) for values in (truth, found))
        return {
            "mae": weights @ np.abs(errors) / total,
            "rmse": np.sqrt(squared),
            "r2": 1 - squared / var_t,
            "pearson": _correlation(var_t, var_f, both),
            "spearman": _correlation(*_moments(*ranks, weights)[2:]),
            "ccc": 2 * both / (apart + (mean_t - mean_f) ** 2),
            "bias": bias,
            "lower_limit": bias - _AGREEMENT * spread,
            "upper_limit": bias + _AGREEMENT * spread,
        }


def _moments(
    one: np.ndarray, other: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Means, variances (NaN where 0) and covariance, divided by the weights, `[R]`.

    Without a variance there is no covariance, but for rounding: it is then 0.

    Args:
        one, other: `[N]` or `[R, N]`.
    """
    total = weights.sum(axis=1)
    means = [(weights * values).sum(axis=1) / total for values in (one, other)]
    apart = [values - mean[:, None] for values, mean in zip((one, other), means)]
    variances = []
    for distance, mean in zip(apart, means):
        variance = (weights * distance**2).sum(axis=1) / total
        constant = variance <= _NOTHING * mean**2
        variances.append(np.where(constant, math.nan, variance))
    both = (weights * apart[0] * apart[1]).sum(axis=1) / total
    vary = np.isfinite(variances[0]) & np.isfinite(variances[1])
    return *means, *variances, np.where(vary, both, 0.0)


def _correlation(one: np.ndarray, other: np.ndarray, both: np.ndarray) -> np.ndarray:
    return np.clip(both / np.sqrt(one * other), -1, 1)


def _ranks(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Ranks in every resample, equal values sharing the mean of theirs, `[R, N]`."""
    _, place = np.unique(values, return_inverse=True)
    order = np.argsort(place, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(place[order]) > 0])
    number = np.add.reduceat(weights[:, order], starts, axis=1)
    below = np.cumsum(number, axis=1) - number
    return (below + (number + 1) / 2)[:, place]
