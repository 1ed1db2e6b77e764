"""What the best of several models is worth, once its having been chosen is allowed for.

The largest of K numbers is too large: part of a winner's lead is luck. BBC-CV
(Tsamardinos, Greasidou and Borboudakis, Machine Learning 107, 2018, algorithm 5)
resamples the patients of out-of-fold predictions, makes the whole choice anew in every
resample, and judges its winner on the patients that the resample left out, who had no
part in that choice. That figure is the mean over the resamples. Their percentiles, the
interval of the paper, are those of the third of the patients that a resample leaves
out, and far too wide for all of them (docs/comparison.md); so the interval is the
winner's own percentile interval, moved by what its figure was corrected.
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


@dataclass(frozen=True, kw_only=True, eq=False)
class Corrected:
    """The winner of a choice among candidates, and what it is worth.

    Args:
        winner: name of the best candidate.
        naive: its objective on the patients that chose it.
        estimate: its objective where others choose: the mean over the resamples.
        interval: of it.
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
    left_out: np.ndarray
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
    alike = [aligned(first, each, aggregate) for each in candidates.values()]
    scorers = [scoring.scorer(each, objective, aggregate) for each in alike]
    whole = np.array([scoring.whole(each, objective, aggregate) for each in alike])
    if np.isnan(whole).any():
        name = names[int(np.flatnonzero(np.isnan(whole))[0])]
        raise DataError(f"{objective.name} of candidate {name} is undefined")
    patient, sign = patient_index(first), objective.sign
    best = int(np.argmax(sign * whole))
    drawn = _resampled(scorers, patient, sign, best, resamples, seed)
    defined = drawn.left_out[np.isfinite(drawn.left_out)]
    if not len(defined):
        raise DataError(
            f"no resample of {patient.max() + 1} patients has a {objective.name} for "
            "those that it left out. It wants more patients of each class"
        )
    estimate = float(defined.mean())
    counts = np.bincount(drawn.winners[drawn.winners >= 0], minlength=len(names))
    return Corrected(
        winner=names[best],
        naive=float(whole[best]),
        estimate=estimate,
        interval=percentile(drawn.of_best + estimate - whole[best], confidence),
        left_out=drawn.left_out,
        luck=float(sign * (whole[best] - estimate)),
        lead=float(sign * (whole[best] - np.median(whole))),
        chosen=dict(zip(names, (counts / counts.sum()).tolist())),
        patients=int(patient.max()) + 1,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Resampled:
    """R resamples.

    Args:
        winners: number of the best candidate, -1 where all are undefined, `[R]`.
        left_out: its objective on the patients left out, `[R]`.
        of_best: the objective of the best candidate of all patients, `[R]`.
    """

    winners: np.ndarray
    left_out: np.ndarray
    of_best: np.ndarray


def _resampled(
    scorers: list[scoring.Scorer],
    patient: np.ndarray,
    sign: int,
    best: int,
    resamples: int,
    seed: int,
) -> _Resampled:
    """Draws patients and chooses anew.

    Args:
        patient: number of each sample's patient, `[N]`.
        best: number of the best candidate of all patients.
    """
    generator = np.random.default_rng(seed)
    stratum = np.zeros(patient.max() + 1, np.int64)
    at_once = max(1, _BLOCK // len(patient))
    winners, left_out, of_best = [], [], []
    for start in range(0, resamples, at_once):
        drawn = patient_weights(stratum, min(at_once, resamples - start), generator)
        drawn = drawn[:, patient].astype(np.float64)
        scores = np.stack([score(drawn) for score in scorers])
        of_best.append(scores[best])
        winners.append(_winners(sign * scores))
        left_out.append(_figures(scorers, winners[-1], (drawn == 0).astype(float)))
    return _Resampled(
        winners=np.concatenate(winners),
        left_out=np.concatenate(left_out),
        of_best=np.concatenate(of_best),
    )


def _winners(scores: np.ndarray) -> np.ndarray:
    """Of scores `[K, R]`, NaN = undefined, the number of the largest, `[R]`."""
    scores = np.where(np.isnan(scores), -np.inf, scores)
    return np.where(np.isfinite(scores).any(axis=0), scores.argmax(axis=0), -1)


def _figures(
    scorers: list[scoring.Scorer], winners: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Each winner's objective by its resample's weights, `[R]`."""
    figures = np.full(len(winners), np.nan)
    for number in np.unique(winners[winners >= 0]):
        rows = winners == number
        figures[rows] = scorers[number](weights[rows])
    return figures
