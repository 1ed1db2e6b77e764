"""Intraclass correlations of repeated reads, of many resamples at once.

Of n patients with k reads each, by the mean squares of a two-way analysis of variance
(Shrout and Fleiss, Psychological Bulletin 86, 1979; McGraw and Wong, Psychological
Methods 1, 1996):

`icc_1_1`
    One-way: which read is which means nothing.
`icc_2_1`
    Absolute agreement of a single read; the reads are a sample of possible ones.
`icc_3_1`
    Consistency of a single read: what all patients are shifted by from one read to
    another is no error.
"""

import numpy as np

from zoo.evaluation.metrics.measure import Measure, measured

ICC = ("icc_1_1", "icc_2_1", "icc_3_1")
_WHY = "the reads do not differ, or there are fewer than two patients"
_NOTHING = 1e-12  # share of the squares about the mean; less than that is rounding


def measure(reads: np.ndarray) -> dict[str, Measure]:
    """The three of reads `[n, k]`; undefined ones say why."""
    values = replicate(reads, np.ones((1, len(reads))))
    return measured(
        {name: value[0] for name, value in values.items()}, dict.fromkeys(ICC, _WHY)
    )


def replicate(reads: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    """The three in R resamples of patients, `[R]` each, NaN where undefined.

    Args:
        reads: one patient's in a row, `[n, k]`, k two or more.
        weights: how often each patient stands in each resample, `[R, n]`.
    """
    weights = np.asarray(weights, np.float64)
    number = reads.shape[1]
    reads = reads - reads.mean()  # far from 0 squares would hide what differs
    patients = weights.sum(axis=1)
    of_patient = reads.mean(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        of_read = weights @ reads / patients[:, None]  # [R, k]
        mean = of_read.mean(axis=1)
        total = weights @ (reads**2).sum(axis=1) - patients * number * mean**2
        between = number * (weights @ of_patient**2 - patients * mean**2)
        shifts = patients * ((of_read - mean[:, None]) ** 2).sum(axis=1)
        rest = total - between - shifts
        bms = between / (patients - 1)
        jms = shifts / (number - 1)
        ems = np.maximum(rest, 0) / ((patients - 1) * (number - 1))
        wms = np.maximum(total - between, 0) / (patients * (number - 1))
        values = {
            "icc_1_1": (bms - wms) / (bms + (number - 1) * wms),
            "icc_2_1": (bms - ems)
            / (bms + (number - 1) * ems + number * (jms - ems) / patients),
            "icc_3_1": (bms - ems) / (bms + (number - 1) * ems),
        }
    vary = (patients > 1) & (total > _NOTHING * weights @ (reads**2).sum(axis=1))
    return {name: np.where(vary, value, np.nan) for name, value in values.items()}
