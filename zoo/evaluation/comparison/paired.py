"""Two models on the same patients: is one better?"""

from dataclasses import dataclass

import numpy as np

from pipelines.errors import DataError
from zoo.evaluation.comparison import contributions
from zoo.evaluation.comparison.contributions import Aggregate, Contributions
from zoo.evaluation.comparison.objectives import Objective
from zoo.evaluation.comparison.spread import Spread, spread
from zoo.evaluation.metrics.intervals import check_confidence
from zoo.evaluation.predictions.predictions import Predictions, take


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The difference of two models' objectives, mine - the other's.

    Args:
        difference: in units of the objective, whatever its direction.
        low, high: ends of its interval; none for a reason.
        p: two-sided, that there is no difference; none for a reason.
        patients: that both were tried on.
        reason: why there is no interval or no p; else "".
        spread: what interval and p are of; none for a reason.
    """

    difference: float
    low: float | None
    high: float | None
    p: float | None
    patients: int
    reason: str = ""
    spread: Spread | None = None


def compare(
    mine: Predictions,
    other: Predictions,
    objective: Objective,
    *,
    aggregate: Aggregate = "pooled",
    confidence: float = 0.95,
) -> Comparison:
    """The paired comparison of two models' predictions for the same samples.

    Student's t of the patients' contributions: of areas DeLong's comparison of
    correlated curves, clustered as Obuchowski has it, see `spread.spread`.

    Args:
        aggregate: over the folds that the predictions name, see `contributions.of`.
    Raises:
        DataError: other patients, samples, truth or folds; the objective is undefined.
        ValueError: a confidence that isn't between 0 and 1.
    """
    check_confidence(confidence)
    other = aligned(mine, other, aggregate)
    tested = difference(mine, other, objective, aggregate)
    patients = len(set(mine.patient_id))
    if tested is None:
        gain = objective.of(mine) - objective.of(other)
        reason = f"{objective.name} is no mean over patients"
        return _without(gain, None, patients, reason)
    both, found = tested
    if found.reason:
        same = not both.influence.any() and both.value == 0
        return _without(both.value, 1.0 if same else None, patients, found.reason)
    half = found.half(confidence)
    low, high = objective.within(both.value - half, both.value + half)
    return Comparison(
        difference=both.value,
        low=low,
        high=high,
        p=min(1.0, 2 * found.at_most(-abs(both.value))),
        patients=patients,
        spread=found,
    )


def difference(
    mine: Predictions,
    other: Predictions,
    objective: Objective,
    aggregate: Aggregate = "pooled",
) -> tuple[Contributions, Spread] | None:
    """What patients contribute to the difference mine - other, and its spread.

    The paired test of `compare`, and of what sweeps stop trials by.

    Args:
        other: of the same samples in the same order, see `aligned`.
    Returns:
        None if the objective is no mean over samples or pairs of them.
    Raises:
        DataError: the objective is undefined, there or in a fold.
    """
    of_mine = contributions.of(mine, objective, aggregate)
    of_other = contributions.of(other, objective, aggregate)
    if of_mine is None or of_other is None:
        return None
    both = contributions.difference(of_mine, of_other)
    return both, spread(both)


def aligned(mine: Predictions, other: Predictions, aggregate: Aggregate) -> Predictions:
    """The other's rows in the order of mine.

    Raises:
        DataError: patients that are only in one, samples that are, another truth or
            target; other folds, where the mean is over folds.
    """
    if (mine.kind.name, mine.names) != (other.kind.name, other.names):
        raise DataError(
            "only predictions of one target can be compared. Received: "
            f"{mine.names} and {other.names}"
        )
    for title in ("patient", "sample"):
        ids = [set(getattr(each, f"{title}_id")) for each in (mine, other)]
        if ids[0] != ids[1]:
            raise DataError(
                f"a paired comparison wants the same {title}s. Received: "
                f"{len(ids[0] - ids[1])} of {len(ids[0])} only in the first, "
                f"{len(ids[1] - ids[0])} of {len(ids[1])} only in the second"
            )
    row = {sample: number for number, sample in enumerate(other.sample_id)}
    same = take(other, [row[sample] for sample in mine.sample_id])
    if not np.array_equal(mine.truth, same.truth, equal_nan=True):
        raise DataError(
            "the two give a sample different truths. Compare runs on one data set"
        )
    other_folds = aggregate == "mean" and mine.fold != same.fold
    if mine.patient_id != same.patient_id or other_folds:
        raise DataError(
            "the two deal samples to different patients or folds. Compare runs on one "
            "data set"
        )
    return same


def _without(gain: float, p: float | None, patients: int, reason: str) -> Comparison:
    return Comparison(
        difference=gain, low=None, high=None, p=p, patients=patients, reason=reason
    )
