"""Is the ensemble better than its best member, on the same patients?"""

import math
from collections.abc import Sequence

from pipelines.errors import DataError
from zoo.evaluation.comparison import objectives, paired
from zoo.evaluation.comparison.objectives import Objective
from zoo.evaluation.predictions.predictions import Predictions, take

# By kind of target: the first decides which member is the best, and whether the
# ensemble is better.
OBJECTIVES = {
    "classification": ("val_auc", "brier"),
    "ordinal": ("val_auc", "grade_error"),
    "multilabel": ("val_auc", "brier"),
    "regression": ("val_mae",),
}
TITLES = {
    "val_auc": "AUC",
    "brier": "Brier score",
    "grade_error": "mean error in grades",
    "val_mae": "mean absolute error",
}


def best_member(
    validation: Sequence[Sequence[Predictions]], names: Sequence[str]
) -> dict:
    """The best member by the validation split.

    Args:
        validation: what each member says of it, by fold.
        names: of the members.

    Returns:
        `name`, `objective` and by member `values`, means over folds, of the first
        objective that all members have; `name` is null beside a `reason` where there
        is none.
    """
    kinds = [part.kind.name for parts in validation for part in parts]
    wanted = OBJECTIVES[kinds[0]] if kinds else ()
    for objective in map(objectives.named, wanted):
        values = [_mean(parts, objective) for parts in validation]
        if all(map(math.isfinite, values)):
            best = max(range(len(values)), key=lambda i: objective.sign * values[i])
            return {
                "name": names[best],
                "objective": objective.name,
                "values": dict(zip(names, values, strict=True)),
            }
    return {"name": None, "reason": "no validation patients by whom to choose"}


def _mean(parts: Sequence[Predictions], objective: Objective) -> float:
    """The mean over folds of an objective; NaN where one has none."""
    if not parts or not all(map(len, parts)):
        return math.nan
    return sum(objective.of(part) for part in parts) / len(parts)


def gains(mine: Predictions, best: Predictions, *, confidence: float) -> dict:
    """The paired difference ensemble - best member, by objective.

    Of areas and means it is Student's interval of the patients' contributions, see
    `zoo.evaluation.comparison.paired`; over folds their mean.

    Args:
        mine: the ensemble's predictions.
        best: the best member's, of the same samples or fewer.

    Returns:
        By objective `difference`, `low`, `high`, `p`, `patients`, `aggregate` (`mean`
        over the folds, or `pooled`), and a `reason` where there is no interval.
    """
    row = {sample: number for number, sample in enumerate(mine.sample_id)}
    shared = take(mine, [row[sample] for sample in best.sample_id])
    aggregate = "mean" if len(set(shared.fold)) > 1 else "pooled"
    found = {}
    for name in OBJECTIVES[mine.kind.name]:
        objective = objectives.named(name)
        if not len(best):
            reason = "it has no prediction in this split"
            found[name] = {"difference": None, "reason": reason}
            continue
        try:
            compared = paired.compare(
                shared, best, objective, aggregate=aggregate, confidence=confidence
            )
        except DataError as error:
            found[name] = {"difference": None, "reason": str(error)}
            continue
        found[name] = {
            "difference": compared.difference,
            "low": compared.low,
            "high": compared.high,
            "p": compared.p,
            "patients": compared.patients,
            "aggregate": aggregate,
            **({"reason": compared.reason} if compared.reason else {}),
        }
    return found


def conclusion(found: dict, best: str, confidence: float) -> str:
    """The gain in a sentence: shown, not shown, or a loss."""
    name, gain = next(iter(found.items()))
    title = TITLES[name]
    if gain["difference"] is None:
        return f"no gain over {best} can be told: {gain['reason']}"
    if gain["aggregate"] == "mean":
        title = f"mean over the folds of the {title}"
    difference = f"{title} {gain['difference']:+.3f}"
    if gain["low"] is None:
        return f"no gain over {best} shown: {difference}, no interval: {gain['reason']}"
    low, high = gain["low"], gain["high"]
    interval = f"{100 * confidence:g}% interval {low:+.3f} to {high:+.3f}"
    sign = objectives.named(name).sign
    beside = f"over {best}: {difference}, {interval}, {gain['patients']} patients"
    if min(sign * low, sign * high) > 0:
        return f"a gain {beside}"
    if max(sign * low, sign * high) < 0:
        return f"a loss, no gain, {beside}"
    return f"no gain shown {beside}"
