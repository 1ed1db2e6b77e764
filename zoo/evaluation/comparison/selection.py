"""What the best of several models is worth, once its having been chosen is allowed for.

The largest of K numbers is too large: part of a winner's lead is luck. BBC-CV
(Tsamardinos, Greasidou and Borboudakis, Machine Learning 107, 2018) resamples the
patients of out-of-fold predictions, makes the whole choice anew in every resample, and
judges its winner on the patients that the resample left out, who had no part in that
choice. The figure is the mean over the resamples.

Its interval is that of the winner's own spread about the corrected figure. The paper's,
the percentiles over the resamples, is of the third of the patients that a resample
leaves out, and far wider than all of them need (docs/comparison.md); objectives
without contributions have it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from pipelines.errors import DataError
from zoo.evaluation.comparison import over_repeats
from zoo.evaluation.comparison.contributions import Aggregate, Contributions
from zoo.evaluation.comparison.objectives import Objective
from zoo.evaluation.comparison.paired import aligned
from zoo.evaluation.comparison.resampled_choice import choices
from zoo.evaluation.comparison.spread import spread
from zoo.evaluation.metrics.intervals import Interval, check_confidence, percentile
from zoo.evaluation.predictions.by_patient import patient_index
from zoo.evaluation.predictions.predictions import Predictions


@dataclass(frozen=True, kw_only=True, eq=False)
class Corrected:
    """The winner of a choice among candidates, and what it is worth.

    Args:
        winner: name of the best candidate.
        naive: its objective on the patients that chose it.
        estimate: its objective where others choose: the mean over the resamples.
        interval: of it; its method is `t`, or `bootstrap` for the paper's.
        left_out: in each resample, its winner's objective on the patients left out,
            `[R]`; NaN where undefined, e.g. for want of a class.
        luck: how much naive is better than the estimate; positive whatever the
            direction, and rarely below 0.
        lead: how much naive is better than the median candidate's objective.
        chosen: share of the resamples that each candidate won.
        patients: all.
    """

    winner: str
    naive: float
    estimate: float
    interval: Interval
    left_out: np.ndarray = field(repr=False)
    luck: float
    lead: float
    chosen: Mapping[str, float]
    patients: int

    @property
    def share_of_luck(self) -> float | None:
        """Of the lead, 0 to 1; none where there is no lead."""
        if self.lead <= 0:
            return None
        return min(1.0, max(0.0, self.luck / self.lead))


def corrected(
    candidates: Mapping[str, Predictions],
    objective: Objective,
    *,
    aggregate: Aggregate = "pooled",
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Corrected:
    """The selection-corrected figure of the best candidate.

    Args:
        candidates: by name, predictions of the same samples, made by networks that
            were not trained on them.
        aggregate, confidence, resamples, seed: see `corrected_over_repeats`.
    Raises:
        As `corrected_over_repeats`.
    """
    return corrected_over_repeats(
        {name: [predictions] for name, predictions in candidates.items()},
        objective,
        aggregate=aggregate,
        confidence=confidence,
        resamples=resamples,
        seed=seed,
    )


def corrected_over_repeats(
    candidates: Mapping[str, Sequence[Predictions]],
    objective: Objective,
    *,
    aggregate: Aggregate = "pooled",
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Corrected:
    """The same of repeated cross-validations: figures are means over the repeats.

    Args:
        candidates: by name, predictions of the same samples, made by networks that
            were not trained on them; of each repeat.
        aggregate: over the folds that the predictions name, see `contributions.of`.
        resamples: of patients, drawn freely.
    Raises:
        DataError: no candidate, other samples, or one whose objective is undefined; no
            resample has a figure.
        ValueError: a confidence that isn't between 0 and 1.
    """
    check_confidence(confidence)
    if not candidates:
        raise DataError("a choice wants candidates. Received: none")
    names, first = list(candidates), next(iter(candidates.values()))
    alike = [_alike(first, each, aggregate) for each in candidates.values()]
    scorers = [over_repeats.scorer(each, objective, aggregate) for each in alike]
    whole = _whole(dict(zip(names, alike)), objective, aggregate)
    patient, sign = patient_index(first[0]), objective.sign
    best = int(np.argmax(sign * whole))
    winners, left_out = choices(scorers, patient, sign, resamples, seed)
    estimate = _estimate(left_out, objective)
    counts = np.bincount(winners[winners >= 0], minlength=len(names))
    return Corrected(
        winner=names[best],
        naive=float(whole[best]),
        estimate=estimate,
        interval=_interval(
            over_repeats.single(alike[best], objective, aggregate),
            estimate,
            objective,
            left_out,
            confidence,
        ),
        left_out=left_out,
        luck=float(sign * (whole[best] - estimate)),
        lead=float(sign * (whole[best] - np.median(whole))),
        chosen=dict(zip(names, (counts / counts.sum()).tolist())),
        patients=int(patient.max()) + 1,
    )


def _alike(
    first: Sequence[Predictions], other: Sequence[Predictions], aggregate: Aggregate
) -> list[Predictions]:
    """The other's repeats, all in the order of the first candidate's first one."""
    dealt = [over_repeats.in_order_of(first[0], repeat) for repeat in first]
    return [
        aligned(own, repeat, aggregate)
        for own, repeat in zip(dealt, other, strict=True)
    ]


def _whole(
    candidates: Mapping[str, Sequence[Predictions]],
    objective: Objective,
    aggregate: Aggregate,
) -> np.ndarray:
    """The objective of each candidate."""
    values = []
    for name, candidate in candidates.items():
        values.append(over_repeats.whole(candidate, objective, aggregate))
        if np.isnan(values[-1]):
            raise DataError(f"{objective.name} of candidate {name} is undefined")
    return np.array(values)


def _estimate(left_out: np.ndarray, objective: Objective) -> float:
    """The mean over the resamples that have a figure."""
    defined = left_out[np.isfinite(left_out)]
    if not len(defined):
        raise DataError(
            f"no resample has a {objective.name} of the patients that it left out. It "
            "wants more patients of each class"
        )
    return float(defined.mean())


def _interval(
    of_winner: Contributions | None,
    estimate: float,
    objective: Objective,
    left_out: np.ndarray,
    confidence: float,
) -> Interval:
    """By the winner's spread, cut off where the objective ends, else by the paper."""
    own = None if of_winner is None else spread(of_winner)
    if own is None or own.reason:
        return percentile(left_out, confidence)
    half = own.half(confidence)
    low, high = np.clip((estimate - half, estimate + half), *objective.range)
    return Interval(method="t", low=float(low), high=float(high))
