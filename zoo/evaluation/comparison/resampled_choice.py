"""The choice among candidates, made anew in resamples of patients."""

from collections.abc import Sequence

import numpy as np

from zoo.evaluation.comparison.resampled_objective import Scorer
from zoo.evaluation.metrics.bootstrap import patient_weights

_BLOCK = 2_000_000  # weights held at a time, resamples x samples


def choices(
    scorers: Sequence[Scorer],
    patient: np.ndarray,
    sign: int,
    resamples: int,
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    """The winner of each resample, and its objective on those left out, `[R]` each.

    The winner is -1, and the objective NaN, where they are undefined.

    Args:
        scorers: of the candidates.
        patient: number of each sample's patient, `[N]`.
        sign: 1 where more is better, else -1.
    """
    generator = np.random.default_rng(seed)
    stratum = np.zeros(patient.max() + 1, np.int64)
    at_once = max(1, _BLOCK // len(patient))
    winners, left_out = [], []
    for start in range(0, resamples, at_once):
        drawn = patient_weights(stratum, min(at_once, resamples - start), generator)
        drawn = drawn[:, patient].astype(np.float64)
        scores = np.stack([score(drawn) for score in scorers])
        winners.append(_winners(sign * scores))
        left_out.append(_figures(scorers, winners[-1], (drawn == 0).astype(float)))
    return np.concatenate(winners), np.concatenate(left_out)


def _winners(scores: np.ndarray) -> np.ndarray:
    """Of scores `[K, R]`, NaN = undefined, the number of the largest, `[R]`."""
    scores = np.where(np.isnan(scores), -np.inf, scores)
    return np.where(np.isfinite(scores).any(axis=0), scores.argmax(axis=0), -1)


def _figures(
    scorers: Sequence[Scorer], winners: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Each winner's objective by its resample's weights, `[R]`."""
    figures = np.full(len(winners), np.nan)
    for number in np.unique(winners[winners >= 0]):
        rows = winners == number
        figures[rows] = scorers[number](weights[rows])
    return figures
