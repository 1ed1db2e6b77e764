"""The objective of many resamples of one model's predictions."""

from collections.abc import Callable

import numpy as np

from zoo.evaluation.comparison import contributions
from zoo.evaluation.comparison.contributions import Aggregate, parts_of
from zoo.evaluation.comparison.objectives import Objective
from zoo.evaluation.predictions.predictions import Predictions

Scorer = Callable[[np.ndarray], np.ndarray]  # weights of samples `[R, N]` to `[R]`


def scorer(
    predictions: Predictions, objective: Objective, aggregate: Aggregate
) -> Scorer:
    """The objective of resamples, NaN where it is undefined.

    Pooled it is computed anew from the weights. The mean over folds is had from the
    patients' contributions, since a fold's resample may well lack a class that all
    folds together have: to first order the same (Hajek's projection). Objectives
    without contributions are averaged over the folds that have them.
    """
    form = objective.form(predictions.kind)
    if aggregate == "pooled":
        return lambda weights: form.resampled(predictions, weights)
    parts = contributions.of(predictions, objective, aggregate)
    if parts is None:
        return _mean_over_folds(predictions, form.resampled)
    return _of_contributions(parts, predictions)


def _mean_over_folds(
    predictions: Predictions,
    resampled: Callable[[Predictions, np.ndarray], np.ndarray],
) -> Scorer:
    folds = np.array(predictions.fold)
    rows = [np.flatnonzero(folds == fold) for fold in np.unique(folds)]
    parts = parts_of(predictions, "mean")

    def score(weights: np.ndarray) -> np.ndarray:
        values = np.stack(
            [resampled(part, weights[:, own]) for part, own in zip(parts, rows)]
        )
        defined = np.isfinite(values)
        with np.errstate(invalid="ignore"):
            return np.where(defined, values, 0).sum(axis=0) / defined.sum(axis=0)

    return score


def _of_contributions(
    parts: contributions.Contributions, predictions: Predictions
) -> Scorer:
    """Of each group the mean of its patients, times their number in the whole."""
    patients, row = np.unique(np.array(predictions.patient_id), return_index=True)
    place = {name: number for number, name in enumerate(parts.patients)}
    order = [place[name] for name in patients.tolist()]
    influence = parts.influence[order]
    members = parts.members[order].astype(np.float64)
    used = members.any(axis=0)
    influence, members = influence[:, used], members[:, used]
    counts = members.sum(axis=0)

    def score(weights: np.ndarray) -> np.ndarray:
        of_patients = weights[:, row]
        with np.errstate(divide="ignore", invalid="ignore"):
            means = (of_patients @ influence) / (of_patients @ members)
        return parts.value + means @ counts

    return score
