"""The objective of many resamples of one model's predictions."""

from collections.abc import Callable

import numpy as np

from zoo.evaluation.comparison.contributions import Aggregate, parts_of
from zoo.evaluation.comparison.forms import mean_of_defined, resampled
from zoo.evaluation.comparison.objectives import Objective
from zoo.evaluation.predictions.predictions import Predictions

Scorer = Callable[[np.ndarray], np.ndarray]  # weights of samples `[R, N]` to `[R]`


def scorer(
    predictions: Predictions, objective: Objective, aggregate: Aggregate
) -> Scorer:
    """The objective of resamples, NaN where it is undefined.

    A fold of few patients is often resampled without one of its classes. So the mean
    over folds is taken curve by curve (or column by column) over the folds that have
    it, and then over the curves: without a resample it is the same.
    """
    form = objective.form(predictions.kind)
    if aggregate == "pooled":
        return lambda weights: resampled(form, predictions, weights)
    folds = np.array(predictions.fold)
    rows = [np.flatnonzero(folds == fold) for fold in np.unique(folds)]
    parts = parts_of(predictions, aggregate)

    def score(weights: np.ndarray) -> np.ndarray:
        figures = [
            form.figures(part, weights[:, own]) for part, own in zip(parts, rows)
        ]
        return form.mean(mean_of_defined(np.stack(figures)))

    return score


def whole(
    predictions: Predictions, objective: Objective, aggregate: Aggregate
) -> float:
    """The objective of all, NaN where it, or that of a fold, is undefined."""
    parts = parts_of(predictions, aggregate)
    return float(np.mean([objective.of(part) for part in parts]))
