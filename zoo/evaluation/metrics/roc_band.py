"""How far the sensitivity of a ROC curve is known at each false positive rate."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from zoo.evaluation.metrics.bootstrap import patient_weights

_RESAMPLES = 500
_BLOCK = 200_000  # weights at a time, resamples x samples; they stay in the cache
_RATES = np.linspace(0, 1, 101)


@dataclass(frozen=True, kw_only=True, eq=False)
class Band:
    """Ends of the sensitivity, `[101]` each, at false positive rates from 0 to 1."""

    rates: np.ndarray
    low: np.ndarray
    high: np.ndarray


def roc_band(
    positive: np.ndarray,
    scores: np.ndarray,
    patient: np.ndarray,
    *,
    confidence: float,
    seed: int = 0,
) -> Band | None:
    """The pointwise band: each end holds by itself, not all at once.

    Percentiles of the sensitivity at a fixed false positive rate over resamples of
    patients, drawn within the truth where a patient has one. At the ends of the curve,
    and of a curve without an error, all resamples agree: there, and wherever it is
    wider, Wilson's interval of the sensitivity (1927) takes their place, with the
    patients who are positive as trials.

    Args:
        positive: truth, bool `[N]`.
        scores: higher speaks for positive, `[N]`.
        patient: number of each sample's patient, int `[N]`, from 0.
        confidence: of each point.
        seed: of the resamples.
    Returns:
        None where a side has fewer than two patients.
    """
    sides = [np.unique(patient[side]) for side in (positive, ~positive)]
    if min(map(len, sides)) < 2:
        return None
    stratum = np.zeros(patient.max() + 1, np.int64)
    if not np.intersect1d(*sides).size:
        stratum[sides[0]] = 1
    weights = patient_weights(stratum, _RESAMPLES, np.random.default_rng(seed))
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.r_[np.diff(scores[order]) != 0, True])
    by_score, truth = patient[order], positive[order]
    at_once = max(1, _BLOCK // len(scores))
    drawn = np.concatenate(
        [
            _sensitivities(weights[start : start + at_once, by_score], truth, ends)
            for start in range(0, _RESAMPLES, at_once)
        ]
    )
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(drawn, (tail, 1 - tail), axis=0)
    (curve,) = _sensitivities(np.ones((1, len(scores))), truth, ends)
    exact_low, exact_high = _wilson(curve, len(sides[0]), confidence)
    return Band(
        rates=_RATES, low=np.minimum(low, exact_low), high=np.maximum(high, exact_high)
    )


def _sensitivities(
    weights: np.ndarray, positive: np.ndarray, ends: np.ndarray
) -> np.ndarray:
    """The highest at each of the rates, `[R, 101]`, between thresholds on a line.

    Args:
        weights: by descending score, `[R, N]`.
        positive: likewise, `[N]`.
        ends: the last place of every threshold.
    """
    start = np.zeros((len(weights), 1))
    true = np.hstack([start, np.cumsum(weights * positive, axis=1)[:, ends]])
    false = np.hstack([start, np.cumsum(weights * ~positive, axis=1)[:, ends]])
    with np.errstate(invalid="ignore"):
        true, false = true / true[:, -1:], false / false[:, -1:]
    values = np.full((len(weights), len(_RATES)), np.nan)
    for row in np.flatnonzero(np.isfinite(true[:, -1] + false[:, -1])):
        before = np.searchsorted(false[row], _RATES, side="right") - 1
        after = np.minimum(before + 1, false.shape[1] - 1)
        width = false[row, after] - false[row, before]
        share = np.divide(
            *(_RATES - false[row, before], width),
            out=np.zeros(len(_RATES)),
            where=width > 0,
        )
        rise = true[row, after] - true[row, before]
        values[row] = true[row, before] + share * rise
    return values


def _wilson(
    shares: np.ndarray, trials: int, confidence: float
) -> tuple[np.ndarray, np.ndarray]:
    """Score intervals of shares of `trials`."""
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    centre = (shares + z**2 / (2 * trials)) / (1 + z**2 / trials)
    spread = np.sqrt(shares * (1 - shares) / trials + z**2 / (4 * trials**2))
    half = z / (1 + z**2 / trials) * spread
    low, high = np.maximum(centre - half, 0), np.minimum(centre + half, 1)
    return np.where(shares == 0, 0, low), np.where(shares == 1, 1, high)
