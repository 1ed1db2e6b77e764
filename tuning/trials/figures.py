"""A trial's figure, of the folds that are done."""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tuning.trials import repeats
from tuning.trials.fold_result import FoldResult
from tuning.trials.sweep import Aggregate
from zoo.evaluation.predictions.predictions import Predictions, join

if TYPE_CHECKING:
    from zoo.evaluation.comparison.objectives import Objective

Figure = Callable[[Sequence[FoldResult], Sequence[Predictions]], float]


def figure(
    objective: "Objective", aggregate: Aggregate, folds_each: int | None = None
) -> Figure:
    """What makes a trial's figure of the results and predictions of its folds.

    The mean of the folds' figures, or the figure of all their patients together: of
    several repeats the mean of theirs, each with the weight of its folds that are done.

    Args:
        folds_each: how many a repeat has; none = all are one.
    """
    if aggregate == "mean":
        return lambda folds, _: math.fsum(f.objective for f in folds) / len(folds)

    def pooled(_: Sequence[FoldResult], predictions: Sequence[Predictions]) -> float:
        done = len(predictions)
        parts = repeats.grouped(predictions, folds_each or done)
        return math.fsum(objective.of(join(p)) * len(p) / done for p in parts)

    return pooled


def expected(
    figure: Figure,
    direction: str,
    *,
    mine: Sequence[tuple[FoldResult, Predictions]],
    best: Sequence[tuple[FoldResult, Predictions]],
) -> float:
    """What a trial that is given up would have reached over all folds.

    The mean of its folds so far can look better than it is, where these were the easy
    ones. So: the best trial's figure over all folds, and the difference of both on the
    folds that both have done. A trial is given up because it was worse there; it is
    never reported as good as the best, whatever the rounding or a figure that disagrees
    with the rule.

    Args:
        mine: results and predictions of the folds that are done.
        best: of all folds, in the same order.
    """
    whole = figure(*zip(*best))
    lead = figure(*zip(*mine)) - figure(*zip(*best[: len(mine)]))
    if direction == "max":
        return min(whole + lead, math.nextafter(whole, -math.inf))
    return max(whole + lead, math.nextafter(whole, math.inf))
