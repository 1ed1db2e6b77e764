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
from collections.abc import Mapping

import numpy as np
from scipy.special import stdtrit

from zoo.evaluation.metrics.intervals import Interval, check_confidence
from zoo.evaluation.metrics.measure import Measure, measured, undefined

METRICS = (
    *("mae", "rmse", "r2", "pearson", "spearman", "ccc"),
    *("bias", "lower_limit", "upper_limit"),
)
_AGREEMENT = 1.96
_NOTHING = 1e-12  # share of the mean square; less than that is rounding


def measure(truth: np.ndarray, predicted: np.ndarray) -> dict[str, Measure]:
    """Every metric of N samples, `[N]` each; undefined ones say why."""
    if len(truth) < 2:
        return undefined(METRICS, "fewer than two samples know it")
    values = replicate(truth, predicted, np.ones((1, len(truth))))
    same = "the truth is" if np.ptp(truth) == 0 else "the predictions are"
    why = f"{same} one and the same number throughout"
    return measured(
        {name: value[0] for name, value in values.items()}, dict.fromkeys(METRICS, why)
    )


def overall_measures(
    truth: np.ndarray, outputs: Mapping[str, np.ndarray], names: tuple[str, ...]
) -> dict[str, Measure]:
    """Every metric; of several columns with the name of the column before it.

    See `by_kind.METRICS`.
    """
    measures = {}
    for column, name in enumerate(names):
        known = ~np.isnan(truth[:, column])
        of_column = measure(truth[known, column], outputs["pred"][known, column])
        start = f"{name}: " if len(names) > 1 else ""
        measures |= {start + metric: value for metric, value in of_column.items()}
    return measures


def validation_scores(
    truth: np.ndarray, outputs: Mapping[str, np.ndarray]
) -> dict[str, float]:
    """Means over the columns, of each over the samples that know it.

    See `by_kind.VALIDATION_SCORES`.
    """
    columns = []
    for column, predicted in enumerate(np.asarray(outputs["predictions"], float).T):
        known = ~np.isnan(truth[:, column])
        weights = np.ones((1, known.sum()))
        values = {"mae": [np.nan], "r2": [np.nan]}
        if known.any():
            values = replicate(truth[known, column], predicted[known], weights)
        columns.append((values["mae"][0], values["r2"][0]))
    error, explained = np.mean(columns, axis=0)
    return {"val_mae": float(error), "val_r2": float(explained)}


def replicate(
    truth: np.ndarray, predicted: np.ndarray, weights: np.ndarray
) -> dict[str, np.ndarray]:
    """The metrics of R resamples, `[R]` each, NaN where undefined.

    Args:
        truth, predicted: `[N]`.
        weights: how often each sample stands in each resample, `[R, N]`.
    """
    weights = np.asarray(weights, np.float64)
    errors = predicted - truth
    with np.errstate(divide="ignore", invalid="ignore"):
        total = weights.sum(axis=1)
        squared = weights @ errors**2 / total
        bias = weights @ errors / total
        centres = truth.mean(), predicted.mean()  # far from 0 squares would hide
        mean_t, mean_p, var_t, var_p, both = _moments(
            truth - centres[0], predicted - centres[1], weights
        )
        apart = mean_t + centres[0] - mean_p - centres[1]
        variances = np.nan_to_num(var_t) + np.nan_to_num(var_p)
        spread = np.sqrt(np.maximum(squared - bias**2, 0) * total / (total - 1))
        ranks = (_ranks(values, weights) for values in (truth, predicted))
        return {
            "mae": weights @ np.abs(errors) / total,
            "rmse": np.sqrt(squared),
            "r2": 1 - squared / var_t,
            "pearson": _correlation(var_t, var_p, both),
            "spearman": _correlation(*_moments(*ranks, weights)[2:]),
            "ccc": 2 * both / (variances + apart**2),
            "bias": bias,
            "lower_limit": bias - _AGREEMENT * spread,
            "upper_limit": bias + _AGREEMENT * spread,
        }


def agreement_intervals(
    truth: np.ndarray, predicted: np.ndarray, confidence: float
) -> dict[str, Interval]:
    """Of `bias`, `lower_limit` and `upper_limit` of N independent samples.

    By Bland and Altman (Statistical Methods in Medical Research 8, 1999, section 3.2):
    with s the standard deviation of the N differences, which are taken for normal, the
    standard error of the bias is `s / sqrt(N)`, that of a limit
    `s sqrt(1 / N + 1.96^2 / (2 (N - 1)))`; both with Student's t of N - 1 degrees.

    Args:
        truth, predicted: `[N]`, two or more.
    """
    check_confidence(confidence)
    errors, method = predicted - truth, "bland_altman"
    number, bias, spread = len(errors), errors.mean(), errors.std(ddof=1)
    factor = float(stdtrit(number - 1, 0.5 + confidence / 2)) * spread
    of_limit = factor * math.sqrt(1 / number + _AGREEMENT**2 / (2 * (number - 1)))
    halves = {"bias": factor / math.sqrt(number)}
    halves |= dict.fromkeys(("lower_limit", "upper_limit"), of_limit)
    sides = {"bias": 0.0, "lower_limit": -_AGREEMENT, "upper_limit": _AGREEMENT}
    if spread <= _NOTHING * np.abs(truth).max():
        reason = "all errors are the same"
        return {name: Interval(method=method, reason=reason) for name in halves}
    centres = {name: float(bias + side * spread) for name, side in sides.items()}
    return {
        name: Interval(
            method=method, low=centre - halves[name], high=centre + halves[name]
        )
        for name, centre in centres.items()
    }


def _moments(
    first: np.ndarray, second: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Means, variances (NaN where 0) and covariance, divided by the weights, `[R]`.

    Without a variance there is no covariance, but for rounding: it is then 0.

    Args:
        first, second: `[N]` or `[R, N]`.
    """
    total = weights.sum(axis=1)
    means = [(weights * values).sum(axis=1) / total for values in (first, second)]
    distances = [values - mean[:, None] for values, mean in zip((first, second), means)]
    variances = []
    for distance, mean in zip(distances, means):
        variance = (weights * distance**2).sum(axis=1) / total
        constant = variance <= _NOTHING * mean**2
        variances.append(np.where(constant, np.nan, variance))
    both = (weights * distances[0] * distances[1]).sum(axis=1) / total
    vary = np.isfinite(variances[0]) & np.isfinite(variances[1])
    return *means, *variances, np.where(vary, both, 0.0)


def _correlation(first: np.ndarray, second: np.ndarray, both: np.ndarray) -> np.ndarray:
    """From two variances and the covariance."""
    return np.clip(both / np.sqrt(first * second), -1, 1)


def _ranks(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Ranks in every resample, equal values sharing the mean of theirs, `[R, N]`."""
    _, place = np.unique(values, return_inverse=True)
    order = np.argsort(place, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(place[order]) > 0])
    number = np.add.reduceat(weights[:, order], starts, axis=1)
    below = np.cumsum(number, axis=1) - number
    return (below + (number + 1) / 2)[:, place]
