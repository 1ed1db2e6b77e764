"""Differences of any figure in resamples of patients, all models in the same ones.

A patient is drawn with all its samples, and freely: the classes' shares vary as they
would in other patients of the same kind.

The interval is the percentile interval made a little wider, as Student's t is wider
than the normal distribution (expanded percentiles: Hesterberg, The American
Statistician 69, 2015): the resamples of n patients vary by (n - 1) / n less than they
should, and percentiles take the spread as known. Of means it is near the t interval.
The p is that of the interval: the level at which its end reaches 0.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student

from zoo.evaluation.comparison import over_repeats
from zoo.evaluation.comparison.contributions import Aggregate
from zoo.evaluation.comparison.figures_of_merit import FigureOfMerit
from zoo.evaluation.comparison.inference import Inference
from zoo.evaluation.metrics.bootstrap import resampled
from zoo.evaluation.metrics.intervals import check_confidence
from zoo.evaluation.predictions.by_patient import patient_index
from zoo.evaluation.predictions.predictions import Predictions

MINIMUM = 200  # resamples
_MINIMUM_DEFINED = 0.9  # share of the resamples in which a difference must be defined
_SAME = 1e-12


def replicates(
    models: Mapping[str, Sequence[Predictions]],
    figures: Sequence[FigureOfMerit],
    aggregate: Aggregate,
    *,
    resamples: int,
    seed: int,
) -> dict[str, dict[str, np.ndarray]]:
    """Every figure of every model in the same R resamples, `[R]`, NaN if undefined.

    Args:
        models: by name, predictions of the same samples in the same order; several of a
            repeated cross-validation, in which the same patients are drawn.
    """
    scorers = {
        name: {
            figure.name: over_repeats.scorer(repeats, figure.objective, aggregate)
            for figure in figures
        }
        for name, repeats in models.items()
    }
    patient = patient_index(next(iter(models.values()))[0])
    return resampled(
        lambda weights: {
            name: {figure: score(weights) for figure, score in own.items()}
            for name, own in scorers.items()
        },
        patient,
        stratum=np.zeros(patient.max() + 1, np.int64),
        resamples=resamples,
        seed=seed,
    )


def inference(differences: np.ndarray, patients: int, confidence: float) -> Inference:
    """Interval and p from the differences in R resamples, `[R]`.

    There is none where more than a tenth of them are undefined, nor where all are one
    number.

    Args:
        patients: that were drawn.
    """
    check_confidence(confidence)
    defined = np.sort(differences[np.isfinite(differences)])
    reason = ""
    if patients < 2:
        reason = "there is only one patient"
    elif len(defined) < _MINIMUM_DEFINED * len(differences):
        missing = len(differences) - len(defined)
        reason = f"undefined in {missing} of {len(differences)} resamples"
    elif np.ptp(defined) < _SAME:
        reason = "no resample tells them apart"
    if reason:
        return Inference(method="bootstrap", reason=reason)
    wider = math.sqrt(patients / (patients - 1))
    tail = norm.cdf(wider * student.ppf(0.5 - confidence / 2, patients - 1))
    low, high = np.quantile(defined, (tail, 1 - tail))

    def p_of(share: float) -> float:
        return float(student.cdf(norm.ppf(share) / wider, patients - 1))

    def above(value: float) -> float:
        count = np.searchsorted(defined, value + _SAME, side="right")
        return p_of((count + 1) / (len(defined) + 1)) if count < len(defined) else 1.0

    def below(value: float) -> float:
        count = len(defined) - np.searchsorted(defined, value - _SAME, side="left")
        return p_of((count + 1) / (len(defined) + 1)) if count < len(defined) else 1.0

    return Inference(
        method="bootstrap",
        low=float(low),
        high=float(high),
        p=min(1.0, 2 * min(above(0.0), below(0.0))),
        above=above,
        below=below,
    )
