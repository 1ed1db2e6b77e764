"""Expanded percentiles by their formula (Hesterberg, 2015)."""

import math

import numpy as np
from scipy.stats import norm, t


def expanded(values, patients, confidence=0.95):
    """The ends of the interval of a metric's replicates."""
    wider = math.sqrt(patients / (patients - 1))
    tail = norm.cdf(-wider * t.ppf(0.5 + confidence / 2, patients - 1))
    return np.quantile(values, (tail, 1 - tail))
