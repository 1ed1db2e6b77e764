"""How far an objective of other patients would be from this one's."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from zoo.evaluation.comparison.contributions import Contributions
from zoo.evaluation.comparison.variance_over_repeats import variance
from zoo.evaluation.metrics.clustered import group_variance

_NOTHING = 1e-24  # a variance of rounding errors alone
_ALONE = "a class or a column has one patient alone"
_ALIKE = "no patient tells them apart"


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
    Obuchowski's (1997), see `clustered.group_variance`. Of a mean it is the variance of
    Student's paired t test, and so are the degrees of freedom. Over repeats of a
    cross-validation see `variance_over_repeats`.
    """
    if contributions.parts:
        return _over_repeats(contributions)
    parts = []
    for fold in np.unique(contributions.fold):
        rows = contributions.fold == fold
        part = group_variance(
            contributions.influence[rows], contributions.members[rows]
        )
        if part is None:
            return _without(_ALONE)
        parts.append(part)
    if sum(part.total for part in parts) <= _NOTHING:
        return _without(_ALIKE)
    within = np.concatenate([part.within for part in parts])
    degrees = np.concatenate([part.degrees for part in parts])
    squares = (within**2 / (degrees + 2)).sum()
    return Spread(
        error=math.sqrt(sum(part.total for part in parts)),
        degrees=float(within.sum() ** 2 / squares - 2),
    )


def _over_repeats(contributions: Contributions) -> Spread:
    found = variance(contributions.parts)
    if found is None:
        return _without(_ALONE)
    if found.total <= _NOTHING:
        return _without(_ALIKE)
    return Spread(error=math.sqrt(found.total), degrees=found.degrees)


def _without(reason: str) -> Spread:
    return Spread(error=math.nan, degrees=math.nan, reason=reason)
