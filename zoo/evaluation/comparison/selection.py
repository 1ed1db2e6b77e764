"""What the best of several models is worth, once its having been chosen is allowed for.

The largest of K numbers is too large: part of a winner's lead is luck. BBC-CV
(Tsamardinos, Greasidou and Borboudakis, Machine Learning 107, 2018, algorithm 5)
resamples the patients of out-of-fold predictions, makes the whole choice anew in every
resample, and judges its winner on the patients that the resample left out, who had no
part in that choice.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipelines.errors import DataError
from zoo.evaluation.comparison import scoring
from zoo.evaluation.comparison.contributions import Aggregate
from zoo.evaluation.comparison.objectives import Objective
from zoo.evaluation.comparison.paired import aligned
from zoo.evaluation.metrics.bootstrap import patient_weights
from zoo.evaluation.metrics.intervals import Interval, check_confidence, percentile
from zoo.evaluation.predictions.by_patient import patient_index
from zoo.evaluation.predictions.predictions import Predictions

_BLOCK = 2_000_000  # weights held at a time, resamples x samples


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """The winner of a choice among candidates, and what it is worth.

    Args:
        winner: name of the best candidate.
        naive: its objective on the patients that chose it.
        estimate: its objective where others choose: the mean over the resamples.
        interval: of it, percentiles of the resamples.
        luck: how much naive is better than the estimate; positive whatever the
            direction, and rarely below 0.
        lead: how much naive is better than the median candidate's objective.
        chosen: share of the resamples that each candidate won.
        patients: all.
        undefined: resamples without a figure, e.g. for want of a class.
    """

    winner: str
    naive: float
    estimate: float
    interval: Interval
    luck: float
    lead: float
    chosen: Mapping[str, float]
    patients: int
    undefined: int

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
    scorers = [
        scoring.scorer(aligned(first, each, aggregate), objective, aggregate)
        for each in candidates.values()
    ]
    whole = np.array([score(np.ones((1, len(first))))[0] for score in scorers])
    if np.isnan(whole).any():
        name = names[int(np.flatnonzero(np.isnan(whole))[0])]
        raise DataError(f"{objective.name} of candidate {name} is undefined")
    patient, sign = patient_index(first), objective.sign
    winners, figures = _resampled(scorers, patient, sign, resamples, seed)
    defined = figures[np.isfinite(figures)]
    if not len(defined):
        raise DataError(
            f"no resample of {patient.max() + 1} patients has a {objective.name} for "
            "those that it left out. It wants more patients of each class"
        )
    best = int(np.argmax(sign * whole))
    counts = np.bincount(winners[winners >= 0], minlength=len(names))
    return Corrected(
        winner=names[best],
        naive=float(whole[best]),
        estimate=float(defined.mean()),
        interval=percentile(figures, confidence),
        luck=float(sign * (whole[best] - defined.mean())),
        lead=float(sign * (whole[best] - np.median(whole))),
        chosen=dict(zip(names, (counts / max(1, counts.sum())).tolist())),
        patients=int(patient.max()) + 1,
        undefined=resamples - len(defined),
    )


def _resampled(
    scorers: list[scoring.Scorer],
    patient: np.ndarray,
    sign: int,
    resamples: int,
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    """The winner of each resample, -1 = none, and its figure on those left out, `[R]`.

    Args:
        patient: number of each sample's patient, `[N]`.
    """
    generator = np.random.default_rng(seed)
    stratum = np.zeros(patient.max() + 1, np.int64)
    at_once = max(1, _BLOCK // len(patient))
    winners, figures = [], []
    for start in range(0, resamples, at_once):
        drawn = patient_weights(stratum, min(at_once, resamples - start), generator)
        drawn = drawn[:, patient]
        weights = drawn.astype(np.float64)
        scores = np.stack([sign * score(weights) for score in scorers])
        scores = np.where(np.isnan(scores), -np.inf, scores)
        winner = np.where(np.isfinite(scores).any(axis=0), scores.argmax(axis=0), -1)
        left_out = (drawn == 0).astype(np.float64)
        figure = np.full(len(winner), np.nan)
        for number in np.unique(winner[winner >= 0]):
            rows = winner == number
            figure[rows] = scorers[number](left_out[rows])
        winners.append(winner)
        figures.append(figure)
    return np.concatenate(winners), np.concatenate(figures)
