"""The difference of areas under ROC curves on the same patients, or of two differences.

The test is DeLong's of correlated curves (`paired`). The interval is not the symmetric
one of that test: near 1 an area can err by much more downwards than upwards, and what
is symmetric leaves out too much on one side (docs/comparison.md has how often). Each
area has limits of its own, symmetric on the logit scale, and those of the difference
are put together of them with the areas' correlation (MOVER: Zou, Psychological Methods
12, 2007, equation 15; Zou and Donner, Statistics in Medicine 27, 2008):

    low = a - b - sqrt((a - l_a)² - 2 r (a - l_a)(u_b - b) + (u_b - b)²)

with DeLong's variances and covariance, clustered by patient as in `spread`. A contrast
of more areas (the L of DeLong, DeLong and Clarke-Pearson, Biometrics 44, 1988) has the
root of the sum over all pairs of w_i w_j r_ij d_i d_j there, d_i being how far the
limit of w_i times area i lies (Zou, Huang and Zhang, Computational Statistics and Data
Analysis 53, 2009, with correlations as above).
"""

import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import t as student

from zoo.evaluation.comparison import contributions
from zoo.evaluation.comparison.contributions import Contributions
from zoo.evaluation.comparison.inference import Inference, of_spread
from zoo.evaluation.comparison.spread import spread
from zoo.evaluation.metrics.intervals import check_confidence

_LARGEST = 1e3  # quantile; beyond, the limits are 0 and 1
_APPROXIMATE = (
    "approximate: the spread of an area of 0 or 1, or of a class of one patient, is "
    "not known"
)

_Term = tuple[int, Contributions]  # weight and area
_Ends = Callable[[float], tuple[float, float]]  # from a quantile to low and high


def inference(
    mine: Contributions, other: Contributions, method: str, confidence: float
) -> Inference:
    """DeLong's p, and limits of mine - other, see `contrast`."""
    return contrast(((1, mine), (-1, other)), method, confidence)


def contrast(terms: Sequence[_Term], method: str, confidence: float) -> Inference:
    """DeLong's p, and limits, of a sum of areas.

    Args:
        terms: a weight, 1 or -1, and an area, or a mean of such, each; of the same
            patients.
        method: of `inference.METHODS`.
    """
    check_confidence(confidence)
    both = contributions.contrast(terms)
    joint = spread(both)
    if joint.reason:
        same = not both.influence.any() and both.value == 0
        return Inference(method=method, p=1.0 if same else None, reason=joint.reason)
    by_t = of_spread(method, both.value, joint, confidence)
    single = [spread(each) for _, each in terms]
    inside = all(0 < each.value < 1 for _, each in terms)
    if not inside or any(each.reason for each in single):
        return Inference(**{**vars(by_t), "note": _APPROXIMATE})
    errors = np.array([each.error for each in single])
    ends = _ends(both.value, terms, errors, _correlations(terms, errors))
    low, high = ends(float(student.ppf(0.5 + confidence / 2, joint.degrees)))
    above, below = _one_sided(ends, both.value, joint.degrees)
    return Inference(
        method=method, low=low, high=high, p=by_t.p, above=above, below=below
    )


def _correlations(terms: Sequence[_Term], errors: np.ndarray) -> np.ndarray:
    """Of the areas with each other, `[K, K]`."""
    found = np.eye(len(terms))
    for i, j in itertools.combinations(range(len(terms)), 2):
        apart = spread(contributions.difference(terms[i][1], terms[j][1]))
        squared = 0.0 if apart.reason else apart.error**2  # no patient tells them apart
        shared = errors[i] ** 2 + errors[j] ** 2 - squared
        found[i, j] = found[j, i] = np.clip(shared / (2 * errors[i] * errors[j]), -1, 1)
    return found


def _ends(
    value: float, terms: Sequence[_Term], errors: np.ndarray, correlations: np.ndarray
) -> _Ends:
    signs = np.array([weight for weight, _ in terms])
    areas = np.array([each.value for _, each in terms])
    scales = errors / (areas * (1 - areas))
    together = signs[:, None] * correlations * signs

    def reach(distances: np.ndarray) -> float:
        return math.sqrt(max(0.0, float(distances @ together @ distances)))

    def ends(quantile: float) -> tuple[float, float]:
        down = areas - expit(logit(areas) - quantile * scales)
        up = expit(logit(areas) + quantile * scales) - areas
        low = value - reach(np.where(signs > 0, down, up))
        return float(low), float(value + reach(np.where(signs > 0, up, down)))

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
