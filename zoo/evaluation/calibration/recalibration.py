"""Logistic recalibration: calibration intercept and slope, of many resamples at once.

The slope is the coefficient of the log odds of the stated probability in a logistic
regression of what happened (Cox, 1958); below 1 the probabilities are too extreme. The
intercept is that of the regression in which this coefficient is held at 1, calibration
in the large; above 0 the event is more frequent than stated (Van Calster et al., 2016).
"""

import numpy as np

CLIP = 1e-7  # a float32 nearer to 1 is 1: the log odds end here
_STEPS, _LARGEST_STEP, _ENOUGH = 60, 2.0, 1e-10
_STEEPEST = 100.0  # a slope beyond it is one of separated classes


def log_odds(stated: np.ndarray) -> np.ndarray:
    """Of probabilities, clipped to `CLIP` from 0 and 1."""
    clipped = np.clip(np.asarray(stated, np.float64), CLIP, 1 - CLIP)
    return np.log(clipped) - np.log1p(-clipped)


def intercepts(
    happened: np.ndarray, odds: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Calibration in the large, `[R]`; NaN where all or none happened.

    Args:
        happened: bool `[N]`.
        odds: log odds of the stated probabilities, `[N]`.
        weights: how often each sample stands in each resample, `[R, N]`.
    """
    values = np.zeros(len(weights))
    truth = happened.astype(np.float64)
    for _ in range(_STEPS):
        shares = _sigmoid(odds + values[:, None])
        slope = (weights * (truth - shares)).sum(axis=1)
        curvature = (weights * shares * (1 - shares)).sum(axis=1)
        step = np.clip(slope / np.maximum(curvature, 1e-12), *_ENDS)
        values += step
        if np.abs(step).max(initial=0) < _ENOUGH:
            break
    return np.where(_both(happened, weights), values, np.nan)


def slopes(happened: np.ndarray, odds: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Calibration slopes, `[R]`; NaN where there is none, as of separated classes.

    Arguments as of `intercepts`.
    """
    truth = happened.astype(np.float64)
    total = weights.sum(axis=1)
    mean = (weights * odds).sum(axis=1) / total
    centred = odds - mean[:, None]
    share = np.clip((weights * truth).sum(axis=1) / total, 1e-9, 1 - 1e-9)
    first, second = np.log(share / (1 - share)), np.zeros(len(weights))
    open_ = np.ones(len(weights), bool)
    for _ in range(_STEPS):
        shares = _sigmoid(first[:, None] + second[:, None] * centred)
        left = weights * (truth - shares)
        spread = weights * shares * (1 - shares)
        g0, g1 = left.sum(axis=1), (left * centred).sum(axis=1)
        h00, h01 = spread.sum(axis=1), (spread * centred).sum(axis=1)
        h11 = (spread * centred**2).sum(axis=1)
        determinant = np.maximum(h00 * h11 - h01**2, 1e-300)
        step0 = np.clip((h11 * g0 - h01 * g1) / determinant, *_ENDS)
        step1 = np.clip((h00 * g1 - h01 * g0) / determinant, *_ENDS)
        first, second = first + step0, second + step1
        open_ = np.maximum(np.abs(step0), np.abs(step1)) > 1e-8
        if not (open_ & (np.abs(second) < _STEEPEST)).any():
            break
    defined = _overlap(happened, odds, weights) & ~open_ & (abs(second) < _STEEPEST)
    return np.where(defined, second, np.nan)


_ENDS = (-_LARGEST_STEP, _LARGEST_STEP)


def _both(happened: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Whether a resample has samples with and without the event, bool `[R]`."""
    return (weights[:, happened].sum(1) > 0) & (weights[:, ~happened].sum(1) > 0)


def _overlap(happened: np.ndarray, odds: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Whether no threshold separates a resample's outcomes, bool `[R]`."""
    there = weights > 0
    with_, without = there & happened, there & ~happened
    low = [np.where(rows, odds, np.inf).min(axis=1) for rows in (with_, without)]
    high = [np.where(rows, odds, -np.inf).max(axis=1) for rows in (with_, without)]
    return (high[1] > low[0]) & (high[0] > low[1])


def _sigmoid(values: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * values))
