"""What a method says of a difference: interval, p, and a p on each side of a value."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from zoo.evaluation.comparison.objectives import Objective
from zoo.evaluation.comparison.spread import Spread


@dataclass(frozen=True, kw_only=True, eq=False)
class Inference:
    """What a method says of the difference mine - other.

    Args:
        method: a key of `METHODS`.
        low, high: ends of its interval; none for a reason.
        p: two-sided, that there is no difference; none for a reason.
        above: from a value to the one-sided p that the difference is at most that,
            which small is evidence of one above it; none for a reason.
        below: likewise, of one below it.
        reason: why something is missing; else "".
        note: why interval and p are approximate; else "".
    """

    method: str
    low: float | None = None
    high: float | None = None
    p: float | None = None
    above: Callable[[float], float] | None = None
    below: Callable[[float], float] | None = None
    reason: str = ""
    note: str = ""

    def within(self, objective: Objective, differences: int = 1) -> "Inference":
        """The same, of a difference of two of that, which bounds its interval.

        Args:
            differences: how many it is the sum of.
        """
        if self.low is None or self.high is None:
            return self
        ends = (self.low / differences, self.high / differences)
        low, high = (differences * end for end in objective.within(*ends))
        return dataclasses.replace(self, low=low, high=high)


# By the name in comparison.json, what tables say.
METHODS = {
    "delong": "paired DeLong test (1988) by Student's t; interval from the logit "
    "limits of each area (Zou 2007)",
    "obuchowski_auc": "paired DeLong test of patients with several samples (Obuchowski "
    "1997) by Student's t; interval from the logit limits of each area (Zou 2007)",
    "t": "paired t test of patients",
    "obuchowski_means": "paired t test of patients with several samples "
    "(Obuchowski 1998)",
    "mcnemar": "exact McNemar test; interval by Tango's score (1998)",
    "bootstrap": "paired bootstrap of patients, expanded percentiles (Hesterberg 2015)",
    "folds": "t test over folds, corrected for shared training patients "
    "(Nadeau and Bengio 2003)",
}


def of_spread(
    method: str, difference: float, spread: Spread, confidence: float
) -> Inference:
    """By Student's t.

    Args:
        spread: with a standard error.
    """
    half = spread.half(confidence)
    return Inference(
        method=method,
        low=difference - half,
        high=difference + half,
        p=min(1.0, 2 * spread.at_most(-abs(difference))),
        above=lambda value: spread.at_most(value - difference),
        below=lambda value: spread.at_most(difference - value),
    )
