"""How far an objective of other patients would be from this one's."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from zoo.evaluation.comparison.contributions import Contributions

_NOTHING = 1e-24  # a variance of rounding errors alone


@dataclass(frozen=True, kw_only=True)
class Spread:
    """The standard error of an objective, and what it rests on.

    Args:
        error: 0 where no patient differs from another.
        degrees: of freedom of Student's t, by Welch (Biometrika 34, 1947): where groups
            are of few patients Satterthwaite's are far too few.
        reason: why there is none; else "".
    """

    error: float
    degrees: float
    reason: str = ""

    def at_most(self, value: float) -> float:
        """Chance of a value as low as this, or lower, where 0 is expected."""
        return float(student.cdf(value / self.error, self.degrees))

    def half(self, confidence: float) -> float:
        """Half the width of an interval."""
        return float(student.ppf(0.5 + confidence / 2, self.degrees) * self.error)


def spread(contributions: Contributions) -> Spread:
    """The spread of the objective over patients drawn freely.

    Of two classes this is DeLong's variance (1988), with several samples a patient
    Obuchowski's (1997): squares of the patients' sums within a group are
    scaled by I / (I - 1) of its I patients, products between groups by that of all.
    Of a mean it is the variance of Student's paired t test, and so are the degrees of
    freedom. A group's mean influence, 0 in these cases, isn't scaled.
    """
    variances, degrees = [], []
    between = 0.0
    for fold in np.unique(contributions.fold):
        rows = contributions.fold == fold
        influence, members = contributions.influence[rows], contributions.members[rows]
        counts = members.sum(axis=0)
        if (counts == 1).any():
            return _without("a class or a column has one patient alone")
        for sums, count in zip(influence.T, counts):
            if count:
                centre = sums.sum() ** 2 / count
                within = (sums @ sums - centre) * count / (count - 1)
                variances.append(within + centre)
                degrees.append(count - 1)
        products = (influence.sum(axis=1) ** 2).sum() - (influence**2).sum()
        between += products * len(influence) / (len(influence) - 1)
    total = sum(variances)
    variance = total + between
    if variance <= _NOTHING:
        return _without("no patient tells them apart")
    squares = sum(v**2 / (d + 2) for v, d in zip(variances, degrees))
    return Spread(error=math.sqrt(variance), degrees=total**2 / squares - 2)


def _without(reason: str) -> Spread:
    return Spread(error=math.nan, degrees=math.nan, reason=reason)
