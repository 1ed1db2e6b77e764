"""Confidence intervals as values; the percentile bootstrap's and Wilson's."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest

_MINIMUM_DEFINED = 0.9  # share of the resamples in which a metric must be defined


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Both ends, or NaN and the reason why there is no interval.

    Args:
        method: bootstrap, delong, t or wilson.
        undefined: resamples in which the metric was not defined; left out.
    """

    method: str
    low: float = math.nan
    high: float = math.nan
    reason: str = ""
    undefined: int = 0

    def __post_init__(self):
        ends = (self.low, self.high)
        if any(math.isnan(end) for end in ends) != bool(self.reason):
            raise ValueError(
                "an undefined interval, and no other, wants a reason. "
                f"Received: {ends}, reason={self.reason!r}"
            )


def check_confidence(confidence: float) -> None:
    """A level strictly between 0 and 1.

    Raises:
        ValueError: any other.
    """
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be between 0 and 1. Received: {confidence}")


def percentile(values: np.ndarray, confidence: float) -> Interval:
    """The percentile bootstrap interval of a metric's R replicates.

    Resamples in which the metric is undefined are left out and counted. There is no
    interval where they are more than a tenth, nor where all resamples give one value:
    a cohort without a single error says nothing of the error's spread.
    """
    check_confidence(confidence)
    defined = values[np.isfinite(values)]
    undefined = int(values.size - defined.size)
    reason = ""
    if defined.size < _MINIMUM_DEFINED * values.size:
        reason = f"undefined in {undefined} of {values.size} resamples"
    elif np.ptp(defined) < 1e-12:
        reason = "every resample gives the same value"
    if reason:
        return Interval(method="bootstrap", reason=reason, undefined=undefined)
    tail = (1 - confidence) / 2
    low, high = np.quantile(defined, (tail, 1 - tail))
    return Interval(
        method="bootstrap", low=float(low), high=float(high), undefined=undefined
    )


def wilson(successes: int, trials: int, confidence: float) -> Interval:
    """Score interval of a proportion of independent trials (Wilson, 1927)."""
    check_confidence(confidence)
    if trials == 0:
        return Interval(method="wilson", reason="no trial")
    ends = binomtest(successes, trials).proportion_ci(confidence, method="wilson")
    return Interval(method="wilson", low=float(ends.low), high=float(ends.high))
