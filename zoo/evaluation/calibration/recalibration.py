"""Logistic recalibration: calibration intercept and slope, of many resamples at once.

The slope is the coefficient of the log odds of the stated probability in a logistic
regression of what happened (Cox, 1958); below 1 the probabilities are too extreme. The
intercept is that of the regression in which this coefficient is held at 1, calibration
in the large; above 0 the event is more frequent than stated (Van Calster et al., 2016).
"""

import numpy as np

CLIP = 1e-7  # a float32 nearer to 1 is 1: the log odds end here
_STEPS, _LONGEST, _ENOUGH = 60, 2.0, 1e-7
_STEEPEST = 100.0  # a slope beyond it is one of all but separated classes


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
    values = np.full(len(weights), np.nan)
    rows = (weights[:, happened].sum(1) > 0) & (weights[:, ~happened].sum(1) > 0)
    weights = weights[rows]
    found, events = np.zeros(len(weights)), weights @ happened
    for _ in range(_STEPS if len(weights) else 0):
        shares = _sigmoid(odds + found[:, None])
        expected = np.einsum("rn,rn->r", weights, shares)
        curvature = expected - np.einsum("rn,rn,rn->r", weights, shares, shares)
        step = _short((events - expected) / np.maximum(curvature, 1e-12))
        found += step
        if np.abs(step).max() < _ENOUGH:
            break
    values[rows] = found
    return values


def slopes(happened: np.ndarray, odds: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Calibration slopes, `[R]`; NaN where there is none, as of separated classes.

    Arguments as of `intercepts`.
    """
    values = np.full(len(weights), np.nan)
    rows = np.flatnonzero(_overlap(happened, odds, weights))
    if not rows.size:
        return values
    weights = weights[rows]
    centred = odds - odds.mean()
    # All resamples begin where their mean ends.
    mean, _ = _newton(happened, centred, weights.mean(axis=0)[None], np.zeros((2, 1)))
    start = np.repeat(mean, len(rows), axis=1)
    found, converged = _newton(happened, centred, weights, start)
    kept = converged & (np.abs(found[1]) < _STEEPEST)
    values[rows[kept]] = found[1][kept]
    return values


def _newton(
    happened: np.ndarray, odds: np.ndarray, weights: np.ndarray, start: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Intercepts and slopes of logistic regressions, `[2, R]`, and which converged.

    Args:
        start: `[2, R]`.
    """
    found, truth = start.copy(), happened.astype(np.float64)
    open_ = np.arange(len(weights))
    there = weights
    for _ in range(_STEPS):
        shares = _sigmoid(found[0, open_, None] + found[1, open_, None] * odds)
        left = there * (truth - shares)
        spread = there * (shares * (1 - shares))
        g0, g1 = left.sum(axis=1), left @ odds
        h00, h01, h11 = spread.sum(axis=1), spread @ odds, spread @ odds**2
        determinant = np.maximum(h00 * h11 - h01**2, 1e-300)
        steps = _short(
            np.stack([h11 * g0 - h01 * g1, h00 * g1 - h01 * g0]) / determinant
        )
        found[:, open_] += steps
        going = np.abs(steps).max(axis=0) > _ENOUGH
        if not going.any():
            return found, np.ones(len(weights), bool)
        if not going.all():
            open_, there = open_[going], there[going]
    converged = np.ones(len(weights), bool)
    converged[open_] = False
    return found, converged


def _short(steps: np.ndarray) -> np.ndarray:
    """Newton's steps, none so long that it overshoots."""
    return np.clip(steps, -_LONGEST, _LONGEST)


def _overlap(happened: np.ndarray, odds: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Whether no threshold separates a resample's outcomes, bool `[R]`."""
    there = weights > 0
    with_, without = there & happened, there & ~happened
    low = [np.where(rows, odds, np.inf).min(axis=1) for rows in (with_, without)]
    high = [np.where(rows, odds, -np.inf).max(axis=1) for rows in (with_, without)]
    return (high[1] > low[0]) & (high[0] > low[1])


def _sigmoid(values: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * values))
