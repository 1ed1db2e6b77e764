"""Confidence intervals as values; the percentile bootstrap's and Wilson's."""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from scipy.special import stdtrit

_MINIMUM_DEFINED = 0.5  # share of the resamples in which a metric must be defined


@dataclass(frozen=True, kw_only=True)
class Interval:
    """Both ends, or NaN and the reason why there is no interval.

    Args:
        method: by which it was computed, as metrics.json names it.
        undefined: resamples in which the metric was not defined; left out.
        approximate: why it may cover less often than it says; else "".
        one_sided: whether the upper end is the metric's own and the whole chance of
            error lies below the lower one.
    """

    method: str
    low: float = math.nan
    high: float = math.nan
    reason: str = ""
    undefined: int = 0
    approximate: str = ""
    one_sided: bool = False

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


def normal_quantile(confidence: float) -> float:
    """Of the standard normal distribution, for both ends of an interval."""
    check_confidence(confidence)
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def percentile(
    values: np.ndarray, confidence: float, patients: int | None = None
) -> Interval:
    """The percentile bootstrap interval of a metric's R replicates.

    Resamples in which the metric is undefined are left out and counted. There is no
    interval where they are more than half, nor where all others give one value: a
    cohort without a single error says nothing of the error's spread.

    Args:
        patients: that were drawn, P: the interval is then widened as Student's t
            interval of P values is against the normal one (the expanded percentiles of
            Hesterberg, The American Statistician 69, 2015); none = the plain
            percentiles.
    """
    check_confidence(confidence)
    defined = values[np.isfinite(values)]
    undefined = int(values.size - defined.size)
    reason = ""
    if defined.size < max(2, _MINIMUM_DEFINED * values.size):
        reason = f"undefined in {undefined} of {values.size} resamples"
    elif np.ptp(defined) < 1e-12:
        reason = "every resample gives the same value"
    if reason:
        return Interval(method="bootstrap", reason=reason, undefined=undefined)
    tail = (1 - confidence) / 2 if patients is None else _tail(confidence, patients)
    low, high = np.quantile(defined, (tail, 1 - tail))
    return Interval(
        method="bootstrap", low=float(low), high=float(high), undefined=undefined
    )


def _tail(confidence: float, patients: int) -> float:
    wider = float(stdtrit(patients - 1, 0.5 + confidence / 2))
    wider *= math.sqrt(patients / (patients - 1))
    return NormalDist().cdf(-wider)


def wilson(successes: int, trials: int, confidence: float) -> Interval:
    """Score interval of a proportion of independent trials (Wilson, 1927)."""
    z = normal_quantile(confidence)
    if trials == 0:
        return Interval(method="wilson", reason="no trial")
    low, high = wilson_ends(successes / trials, trials, z)
    return Interval(method="wilson", low=low, high=high)


def wilson_ends(share: float, trials: float, z: float) -> tuple[float, float]:
    """The solutions p of `(share - p)^2 = z^2 p (1 - p) / trials`."""
    centre = share + z * z / (2 * trials)
    half = z * math.sqrt(share * (1 - share) / trials + z * z / (4 * trials**2))
    scale = 1 + z * z / trials
    low, high = (centre - half) / scale, (centre + half) / scale
    return (0.0 if share == 0 else low), (1.0 if share == 1 else high)
