"""Whether a trial goes on to its next fold: a paired test against the best trial."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipelines.errors import UsageError
from tuning.trials import repeats
from zoo.evaluation.comparison import contributions, over_repeats, paired
from zoo.evaluation.comparison.contributions import Aggregate, parts_of
from zoo.evaluation.comparison.objectives import Objective
from zoo.evaluation.comparison.spread import spread
from zoo.evaluation.predictions.predictions import Predictions, join


@dataclass(frozen=True, kw_only=True)
class Abandonment:
    """When a trial is given up.

    Args:
        rule: `"paired"`: by a paired test of the patients' contributions.
        p: one-sided; a trial goes on while a trial as good as the best would lag as far
            behind on these patients with at least this chance. Larger = sooner given
            up; docs/comparison.md says what .1 costs and spares.
        patients: fewer than that in the folds done, and every trial goes on: the
            contributions' spread isn't known yet.
    """

    rule: Literal["paired"] = "paired"
    p: float = 0.1
    patients: int = 10

    def __post_init__(self):
        if self.rule != "paired":
            raise UsageError(
                f"trials are given up by the rule paired. Received: {self.rule!r}"
            )
        if not 0 < self.p < 0.5:
            raise UsageError(
                "the p of abandonment is above 0 and below .5, where every trial that "
                f"is behind would be given up. Received: {self.p}"
            )
        if self.patients < 2:
            raise UsageError(
                f"abandonment wants 2 patients or more. Received: {self.patients}"
            )


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """Whether a trial goes on.

    Args:
        p: of the test; none where there was none.
        reason: in words, for the trial's file and the report.
    """

    goes_on: bool
    p: float | None
    reason: str


def has_a_chance(
    mine: Sequence[Predictions],
    best: Sequence[Predictions],
    objective: Objective,
    rule: Abandonment,
    *,
    aggregate: Aggregate = "mean",
    folds_each: int | None = None,
) -> Verdict:
    """Whether the trial may still be the best one, by the folds done so far.

    Args:
        mine: of the trial, the validation predictions of each fold done.
        best: of the best trial, those of the same folds.
        aggregate: of the sweep's objective.
        folds_each: how many folds a repeat has; none = all are one. Of several repeats
            a patient counts once, with the mean of what it contributes to those that
            have judged it.
    Raises:
        DataError: the two are not of the same patients, samples and folds.
    """
    parts = repeats.grouped(mine, folds_each or len(mine))
    weights = [len(part) / len(mine) for part in parts]
    trial = [join(part) for part in parts]
    other = [
        paired.aligned(own, join(part), aggregate)
        for own, part in zip(
            trial, repeats.grouped(best, folds_each or len(best)), strict=True
        )
    ]
    without = _untested(trial, other, objective, rule, aggregate)
    if without:
        return Verdict(goes_on=True, p=None, reason=without)
    sides = over_repeats.pair(trial, other, objective, aggregate, weights)
    if sides is None:
        reason = f"{objective.name} has no contributions of patients to test"
        return Verdict(goes_on=True, p=None, reason=reason)
    both = contributions.difference(*sides)
    found = spread(both)
    if found.reason:
        return Verdict(goes_on=True, p=None, reason=f"not tested: {found.reason}")
    gain = objective.sign * both.value
    p = found.at_most(gain)
    side = "ahead" if gain > 0 else "behind"
    return Verdict(
        goes_on=p >= rule.p,
        p=p,
        reason=f"{objective.name} {abs(both.value):.3g} {side} on "
        f"{len(both.patients)} patients, p {p:.2g}",
    )


def _untested(
    trial: Sequence[Predictions],
    best: Sequence[Predictions],
    objective: Objective,
    rule: Abandonment,
    aggregate: Aggregate,
) -> str:
    """Why there can be no test; "" where there can.

    Args:
        trial, best: the repeats of each.
    """
    kind = trial[0].kind
    if not objective.from_predictions(kind):
        return f"{objective.name} of a {kind.name} is not had from predictions"
    patients = len(set().union(*(repeat.patient_id for repeat in trial)))
    if patients < rule.patients:
        return f"not tested: {patients} patients of {rule.patients}"
    parts = [part for repeat in (*trial, *best) for part in parts_of(repeat, aggregate)]
    if any(math.isnan(objective.of(part)) for part in parts):
        return f"not tested: {objective.name} is undefined on a fold"
    return ""
