"""A trial's figure, of the folds that are done."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tuning.trials.sweep import Aggregate
from zoo.evaluation.predictions.predictions import Predictions, join

if TYPE_CHECKING:
    from zoo.evaluation.comparison.objectives import Objective


def of_folds(
    objective: "Objective", aggregate: Aggregate, folds: Sequence[Predictions]
) -> float:
    """The mean of the folds' figures, or the figure of all their patients together.

    Args:
        folds: validation predictions, one or more.
    """
    if aggregate == "pooled":
        return float(objective.of(join(folds)))
    return math.fsum(objective.of(fold) for fold in folds) / len(folds)


def expected(
    objective: "Objective",
    aggregate: Aggregate,
    *,
    mine: Sequence[Predictions],
    best: Sequence[Predictions],
) -> float:
    """What a trial that is given up would have reached over all folds.

    The mean of its folds so far can look better than it is, where these were the easy
    ones. So: the best trial's figure over all folds, and the difference of both on the
    folds that both have done. A trial is given up because it was worse there; it is
    never reported as good as the best, whatever the rounding or a figure that disagrees
    with the rule.

    Args:
        mine: of the folds that are done.
        best: of all folds, in the same order.
    """
    whole = of_folds(objective, aggregate, best)
    same = of_folds(objective, aggregate, best[: len(mine)])
    figure = whole + of_folds(objective, aggregate, mine) - same
    if objective.direction == "max":
        return min(figure, math.nextafter(whole, -math.inf))
    return max(figure, math.nextafter(whole, math.inf))
