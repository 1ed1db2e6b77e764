"""Score intervals of figures of counts, by what leaving out each patient changes.

Kappa, Matthews's coefficient and the predictive values of a case-control study have no
number of trials. Near 1 percentiles of their bootstrap are too short, for few patients
make all their errors.
"""

import math

import numpy as np
from scipy.special import stdtrit

from zoo.evaluation.metrics.classification import figures_of_counts
from zoo.evaluation.metrics.clustered import by_patient
from zoo.evaluation.metrics.intervals import Interval, normal_quantile, wilson_ends

_CELLS = 2_000_000  # of patients' tables of counts at a time
_NOTHING = 1e-14  # a variance of rounding errors alone


def jackknife_variances(
    labels: np.ndarray,
    called: np.ndarray,
    patient: np.ndarray,
    stratum: np.ndarray,
    classes: int,
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Of the figures of counts the variance over patients.

    The jackknife's (Tukey 1958; Efron and Tibshirani, An introduction to the bootstrap,
    1993, chapter 11), added up over strata: `(n - 1) / n` times the squared deviations
    of what the figures are without each of a stratum's n patients.

    Args:
        labels, called: true and predicted class, int `[N]`.
        patient: number of each sample's patient, int `[N]`, from 0.
        stratum: that patients were taken within, int `[P]`.
        classes: K.
    Returns:
        Of all classes, a number each, and by class, `[K]` each, see
        `classification.figures_of_counts`. NaN where a figure is undefined without one
        patient.
    """
    whole = np.zeros((classes, classes))
    np.add.at(whole, (labels, called), 1)
    order = np.argsort(patient, kind="stable")
    cells = labels[order] * classes + called[order]
    starts = np.searchsorted(patient[order], np.arange(len(stratum) + 1))
    at_once = max(1, _CELLS // classes**2)
    blocks = []
    for first in range(0, len(stratum), at_once):
        last = min(first + at_once, len(stratum))
        rows = slice(starts[first], starts[last])
        counts = np.zeros((last - first, classes**2))
        np.add.at(counts, (patient[order][rows] - first, cells[rows]), 1)
        others = whole - counts.reshape(-1, classes, classes)
        blocks.append(figures_of_counts(others))
    return tuple(
        {
            name: _variance(
                np.concatenate([block[part][name] for block in blocks]), stratum
            )
            for name in blocks[0][part]
        }
        for part in (0, 1)
    )


def _variance(without: np.ndarray, stratum: np.ndarray) -> np.ndarray:
    """Of a figure that is `without` each patient, `[P]` or `[P, K]`."""
    numbers = np.bincount(stratum)
    own = np.maximum(numbers[stratum], 1)
    weights = (1 - 1 / own).reshape(-1, *[1] * (without.ndim - 1))
    shape = (-1, *[1] * (without.ndim - 1))
    means = by_patient(without, stratum) / np.maximum(numbers, 1).reshape(shape)
    return (weights * (without - means[stratum]) ** 2).sum(axis=0)


def wilson_jackknife(
    value: float, agreed: float, variance: float, patients: int, confidence: float
) -> Interval:
    """Of a figure that is 1 less so many times the share of errors.

    Wilson's interval of the share that agrees, at the effective number of samples that
    gives the figure its variance (as Dean and Pagano, Journal of Survey Statistics and
    Methodology 3, 2015, have it of a proportion) with Student's t of the patients in
    place of the normal quantile (Korn and Graubard, Survey Methodology 24, 1998),
    stretched as the figure is: `1 - value` over `1 - agreed`, of kappa one over what
    does not agree by chance.

    Args:
        value: of the figure; a proportion is its own share.
        agreed: share of samples without an error.
        variance: of the figure over patients, see `jackknife_variances`.
        patients: P.
    """
    method = "wilson_jackknife"
    if not math.isfinite(variance):
        reason = "it is undefined without one of the patients"
        return Interval(method=method, reason=reason)
    if variance <= _NOTHING or not 0 < agreed < 1:
        return Interval(method=method, reason="no patient changes it: no variance")
    z = normal_quantile(confidence)
    stretch = (1 - value) / (1 - agreed)
    number = stretch**2 * agreed * (1 - agreed) / variance
    wider = float(stdtrit(patients - 1, 0.5 + confidence / 2))
    ends = wilson_ends(agreed, number * (z / wider) ** 2, z)
    low, high = (1 - stretch * (1 - end) for end in ends)
    return Interval(method=method, low=max(-1.0, low), high=high)
