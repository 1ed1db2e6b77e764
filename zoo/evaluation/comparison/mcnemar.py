"""Two models' right and wrong calls for the same independent units.

Only units that one model has right and the other has wrong tell them apart.

The test is exact: such a unit is either model's with a chance of 1/2, so it is a
binomial test (McNemar, Psychometrika 12, 1947; Fagerland, Lydersen and Laake, BMC
Medical Research Methodology 13:91, 2013). Few such units give few values of p, so it
calls a difference less often than it may.

The interval is Tango's score interval of a difference of paired proportions
(Statistics in Medicine 17, 1998): the differences that his score test does not reject.
It is not the exact test turned round. Of few units it may leave out 0 where the exact
test does not reject; it has an end even if the models differ on nobody.

Samples of one patient are not independent: see `spread.spread`, which for proportions
is Obuchowski's test of clustered pairs (Statistics in Medicine 17, 1998), by t.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.stats import binomtest, norm

from zoo.evaluation.comparison.inference import Inference
from zoo.evaluation.metrics.intervals import check_confidence

_END = 1e-12  # of the differences -1 and 1, where the score has no spread


@dataclass(frozen=True, kw_only=True)
class Discordance:
    """How the calls of two models differ.

    Args:
        mine: units that the first alone has right.
        other: units that the second alone has right.
        units: all.
    """

    mine: int
    other: int
    units: int

    @property
    def difference(self) -> float:
        """Of the proportions, mine - the other's."""
        return (self.mine - self.other) / self.units


def counted(mine: np.ndarray, other: np.ndarray) -> Discordance:
    """From calls that are right (1), wrong (0) or of no account (NaN), `[N]` each."""
    known = ~np.isnan(mine)
    mine, other = mine[known] == 1, other[known] == 1
    return Discordance(
        mine=int((mine & ~other).sum()),
        other=int((other & ~mine).sum()),
        units=int(known.sum()),
    )


def exact_p(discordance: Discordance) -> float:
    """Two-sided, of McNemar's exact conditional test; 1 where the calls are alike."""
    trials = discordance.mine + discordance.other
    return float(binomtest(discordance.mine, trials).pvalue) if trials else 1.0


def score(discordance: Discordance, value: float) -> float:
    """Tango's score statistic (1998, equation 9), standard normal at the true value.

    Args:
        value: of the difference, between -1 and 1.
    """
    b, c, n = discordance.mine, discordance.other, discordance.units
    second = -b - c + (2 * n - b + c) * value
    root = math.sqrt(max(0.0, second**2 + 8 * n * c * value * (1 - value)))
    restricted = (root - second) / (4 * n)
    variance = n * (2 * restricted + value * (1 - value))
    distance = b - c - n * value
    if variance <= 0:
        return 0.0 if distance == 0 else math.copysign(math.inf, distance)
    return distance / math.sqrt(variance)


def interval(discordance: Discordance, confidence: float) -> tuple[float, float]:
    """Tango's score interval, found by halving."""
    check_confidence(confidence)
    quantile = float(norm.ppf(0.5 + confidence / 2))

    def end(side: int) -> float:
        def excess(value: float) -> float:
            return score(discordance, value) + side * quantile

        last, middle = side * (1 - _END), discordance.difference
        if side * middle >= 1 - _END or side * excess(last) >= 0:
            return float(side)
        return float(brentq(excess, middle, last, xtol=1e-10))

    return end(-1), end(1)


def inference(discordance: Discordance, confidence: float) -> Inference:
    """The exact test with Tango's interval, and his test at other values."""
    if not discordance.units:
        return Inference(method="mcnemar", reason="no unit to compare the calls of")
    low, high = interval(discordance, confidence)
    return Inference(
        method="mcnemar",
        low=low,
        high=high,
        p=exact_p(discordance),
        above=_one_sided(discordance, norm.sf),
        below=_one_sided(discordance, norm.cdf),
    )


def _one_sided(
    discordance: Discordance, tail: Callable[[float], float]
) -> Callable[[float], float]:
    return lambda value: float(tail(score(discordance, value)))
