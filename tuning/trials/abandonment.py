"""Whether a trial goes on to its next fold: a paired test against the best trial."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipelines.errors import UsageError
from zoo.evaluation.comparison import paired
from zoo.evaluation.comparison.contributions import Aggregate, parts_of
from zoo.evaluation.comparison.objectives import Objective
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
) -> Verdict:
    """Whether the trial may still be the best one, by the folds done so far.

    Args:
        mine: of the trial, the validation predictions of each fold done.
        best: of the best trial, those of the same folds.
        aggregate: of the sweep's objective.
    Raises:
        DataError: the two are not of the same patients, samples and folds.
    """
    trial = join(mine)
    other = paired.aligned(trial, join(best), aggregate)
    without = _untested(trial, other, objective, rule, aggregate)
    if without:
        return Verdict(goes_on=True, p=None, reason=without)
    tested = paired.difference(trial, other, objective, aggregate)
    if tested is None:
        reason = f"{objective.name} has no contributions of patients to test"
        return Verdict(goes_on=True, p=None, reason=reason)
    both, found = tested
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
    trial: Predictions,
    best: Predictions,
    objective: Objective,
    rule: Abandonment,
    aggregate: Aggregate,
) -> str:
    """Why there can be no test; "" where there can."""
    if not objective.from_predictions(trial.kind):
        return f"{objective.name} of a {trial.kind.name} is not had from predictions"
    patients = len(set(trial.patient_id))
    if patients < rule.patients:
        return f"not tested: {patients} patients of {rule.patients}"
    parts = [*parts_of(trial, aggregate), *parts_of(best, aggregate)]
    if any(math.isnan(objective.of(part)) for part in parts):
        return f"not tested: {objective.name} is undefined on a fold"
    return ""
