"""Intervals of an AUC of patients with several samples each."""

import math

import numpy as np

from zoo.evaluation.metrics.clustered import by_patient, group_variance
from zoo.evaluation.metrics.delong import no_variance
from zoo.evaluation.metrics.intervals import Interval, normal_quantile
from zoo.evaluation.metrics.newcombe import newcombe
from zoo.evaluation.metrics.placements import placements

_NOTHING = 1e-24  # a variance of rounding errors alone
_ALONE = "a class has one patient alone"


def obuchowski(
    positive: np.ndarray, scores: np.ndarray, patient: np.ndarray, confidence: float
) -> Interval:
    """The interval of Obuchowski's variance (Biometrics 53, 1997), cut off at 0 and 1.

    Args:
        positive: truth, bool `[N]`.
        scores: higher speaks for positive, `[N]`.
        patient: number of each sample's patient, int `[N]`, from 0.
    """
    method, z = "obuchowski", normal_quantile(confidence)
    area, variance, _ = _variances(positive, scores, patient)
    if variance is None:
        return Interval(method=method, reason=_ALONE)
    if variance <= _NOTHING:
        return Interval(method=method, reason=no_variance(area))
    half = z * math.sqrt(variance)
    return Interval(
        method=method, low=max(0.0, area - half), high=min(1.0, area + half)
    )


def newcombe_clustered(
    positive: np.ndarray, scores: np.ndarray, patient: np.ndarray, confidence: float
) -> Interval:
    """Newcombe's interval of the effective numbers of samples.

    Both numbers are divided by the design effect: Obuchowski's variance over that of
    DeLong's, which takes samples for independent (Rao and Scott, Biometrics 48, 1992).
    None is above the number of samples; where a variance is 0, or a class is of one
    patient, they are the numbers of patients.

    Args:
        as `obuchowski`.
    """
    area, clustered, independent = _variances(positive, scores, patient)
    counts = positive.sum(), (~positive).sum()
    if clustered is None or min(clustered, independent) <= _NOTHING:
        numbers = _patients(positive, patient)
    else:
        effect = max(1.0, clustered / independent)
        numbers = [max(1.0, count / effect) for count in counts]
    interval = newcombe(area, *numbers, confidence)
    return Interval(
        method="newcombe_clustered",
        low=interval.low,
        high=interval.high,
        reason=interval.reason,
    )


def _patients(positive: np.ndarray, patient: np.ndarray) -> tuple[int, int]:
    """With a positive, and with a negative."""
    return len(np.unique(patient[positive])), len(np.unique(patient[~positive]))


def _variances(
    positive: np.ndarray, scores: np.ndarray, patient: np.ndarray
) -> tuple[float, float | None, float]:
    """The area, and its variance over patients and over samples.

    The former is none where a class has one patient alone.
    """
    area, influence = placements(positive, scores)
    sides = np.stack([positive, ~positive], axis=1)
    grouped = sides * influence[:, None]
    over_samples = group_variance(grouped, sides)
    over_patients = group_variance(
        by_patient(grouped, patient), by_patient(sides.astype(float), patient) > 0
    )
    return (
        area,
        None if over_patients is None else over_patients.total,
        0.0 if over_samples is None else float(over_samples.within.sum()),
    )
