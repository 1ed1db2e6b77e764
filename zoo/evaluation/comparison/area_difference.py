"""The difference of two areas under ROC curves on the same patients.

The test is DeLong's of correlated curves (`paired`). The interval is not the symmetric
one of that test: near 1 an area can err by much more downwards than upwards, and what
is symmetric leaves out too much on one side (docs/comparison.md has how often). Each
area has limits of its own, symmetric on the logit scale, and those of the difference
are put together of them with the areas' correlation (MOVER: Zou, Psychological Methods
12, 2007, equation 15; Zou and Donner, Statistics in Medicine 27, 2008):

    low = a - b - sqrt((a - l_a)² - 2 r (a - l_a)(u_b - b) + (u_b - b)²)

with DeLong's variances and covariance, clustered by patient as in `spread`.
"""

import math
from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import t as student

from zoo.evaluation.comparison.contributions import Contributions, difference
from zoo.evaluation.comparison.inference import Inference, of_spread
from zoo.evaluation.comparison.spread import spread
from zoo.evaluation.metrics.intervals import check_confidence

_LARGEST = 1e3  # quantile; beyond, the limits are 0 and 1
_APPROXIMATE = (
    "approximate: the spread of an area of 0 or 1, or of a class of one patient, is "
    "not known"
)

_Ends = Callable[[float], tuple[float, float]]  # from a quantile to low and high


def inference(
    mine: Contributions, other: Contributions, method: str, confidence: float
) -> Inference:
    """DeLong's p, and limits of mine - other.

    Args:
        mine, other: of the same patients; areas, or means of such.
        method: of `inference.METHODS`.
    """
    check_confidence(confidence)
    both = difference(mine, other)
    joint = spread(both)
    if joint.reason:
        same = not both.influence.any() and both.value == 0
        return Inference(method=method, p=1.0 if same else None, reason=joint.reason)
    by_t = of_spread(method, both.value, joint, confidence)
    single = [spread(each) for each in (mine, other)]
    inside = all(0 < each.value < 1 for each in (mine, other))
    if not inside or any(each.reason for each in single):
        return Inference(**{**vars(by_t), "note": _APPROXIMATE})
    errors = [each.error for each in single]
    shared = sum(error**2 for error in errors) - joint.error**2
    correlation = float(np.clip(shared / (2 * math.prod(errors)), -1, 1))
    ends = _ends((mine.value, other.value), errors, correlation)
    low, high = ends(float(student.ppf(0.5 + confidence / 2, joint.degrees)))
    above, below = _one_sided(ends, both.value, joint.degrees)
    return Inference(
        method=method, low=low, high=high, p=by_t.p, above=above, below=below
    )


def _ends(areas: tuple[float, float], errors: list[float], correlation: float) -> _Ends:
    a, b = areas
    scale_a, scale_b = (e / (area * (1 - area)) for e, area in zip(errors, areas))

    def reach(first: float, second: float) -> float:
        squared = first**2 - 2 * correlation * first * second + second**2
        return math.sqrt(max(0.0, squared))

    def ends(quantile: float) -> tuple[float, float]:
        low_a, high_a = expit(logit(a) + quantile * scale_a * np.array([-1, 1]))
        low_b, high_b = expit(logit(b) + quantile * scale_b * np.array([-1, 1]))
        low = a - b - reach(a - low_a, high_b - b)
        return float(low), float(a - b + reach(high_a - a, b - low_b))

    return ends


def _one_sided(
    ends: _Ends, value: float, degrees: float
) -> tuple[Callable[[float], float], Callable[[float], float]]:
    """The p at which an end of the interval reaches a value; see `Inference`."""

    def tail(limit: float) -> float:
        """The chance of Student's t above the quantile of the end at the limit."""
        end = 0 if limit < value else 1

        def excess(quantile: float) -> float:
            return ends(quantile)[end] - limit

        if excess(0.0) * excess(_LARGEST) >= 0:
            return 0.0 if limit != value else 0.5
        return float(student.sf(brentq(excess, 0.0, _LARGEST), degrees))

    def above(limit: float) -> float:
        return tail(limit) if limit <= value else 1 - tail(limit)

    return above, lambda limit: tail(limit) if limit >= value else 1 - tail(limit)
