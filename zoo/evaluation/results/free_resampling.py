"""Resamples of patients drawn freely, for what depends on the share of cases."""

from collections.abc import Callable

import numpy as np

from zoo.evaluation.metrics.bootstrap import resampled
from zoo.evaluation.metrics.intervals import Interval, percentile
from zoo.evaluation.predictions.by_patient import patient_index
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results.settings import Settings

_FEWEST, _NUMBERS = 200, 2_000_000  # resamples, and resamples times samples


def resamples(samples: int, settings: Settings) -> int:
    """How many are drawn: of many samples fewer, whose intervals vary less anyway."""
    return min(settings.bootstrap, max(_FEWEST, _NUMBERS // max(samples, 1)))


def replicates(
    replicate: Callable[[np.ndarray], dict],
    predictions: Predictions,
    settings: Settings,
) -> dict | None:
    """See `metrics.bootstrap.resampled`; none where there is only one patient."""
    patients = len(set(predictions.patient_id))
    if patients < 2:
        return None
    return resampled(
        replicate,
        patient_index(predictions),
        stratum=np.zeros(patients, dtype=np.int64),
        resamples=resamples(len(predictions), settings),
        seed=settings.seed,
    )


def interval(values: np.ndarray | None, confidence: float) -> Interval:
    """Of the replicates `[R]` of a metric, or the reason why there are none."""
    if values is None:
        return Interval(method="bootstrap", reason="there is only one patient")
    return percentile(values, confidence)


def band(
    values: np.ndarray | None, confidence: float
) -> tuple[list[float | None], list[float | None]]:
    """Both ends of the pointwise intervals of a curve's replicates `[R, G]`.

    None where there is no interval: one patient, or a point that most lack.
    """
    if values is None:
        return [], []
    tail = (1 - confidence) / 2
    enough = np.isfinite(values).mean(axis=0) >= 0.9
    known = np.where(enough, values, 0)
    ends = np.nanquantile(known, (tail, 1 - tail), axis=0)
    low, high = (
        [float(v) if there else None for v, there in zip(end, enough)] for end in ends
    )
    return low, high
