"""The forms that an objective has: a mean over samples, areas under curves, others.

Each gives the objective of R resamples, in which samples carry weights; the set itself
is the resample in which every weight is one. It is the mean of C figures: columns,
curves, or one alone.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from zoo.evaluation.metrics.auc import resampled_auc
from zoo.evaluation.predictions.predictions import Predictions


@dataclass(frozen=True, kw_only=True)
class Mean:
    """A mean of terms that samples have.

    Args:
        terms: of predictions, `[N]` or `[N, M]`; NaN = the sample has none.
        columns_alike: whether it is the mean of the columns' means, else the mean of
            all terms.
    """

    terms: Callable[[Predictions], np.ndarray]
    columns_alike: bool = False

    def columns(self, predictions: Predictions) -> tuple[np.ndarray, np.ndarray]:
        """Sums of a sample's terms, 0 where it has none, and how many, `[N, C]` each.

        The objective is the mean over the C columns of sum / number.
        """
        terms = self.terms(predictions)
        terms = terms.reshape(len(terms), -1)
        known = ~np.isnan(terms)
        sums = np.where(known, terms, 0.0)
        numbers = known.astype(np.float64)
        if self.columns_alike:
            return sums, numbers
        return sums.sum(axis=1, keepdims=True), numbers.sum(axis=1, keepdims=True)

    def figures(self, predictions: Predictions, weights: np.ndarray) -> np.ndarray:
        """From weights `[R, N]` to `[C, R]`; NaN where a column has no term."""
        sums, numbers = self.columns(predictions)
        with np.errstate(divide="ignore", invalid="ignore"):
            return ((weights @ sums) / (weights @ numbers)).T

    def mean(self, figures: np.ndarray) -> np.ndarray:
        """From `[C, R]` to `[R]`; NaN where one is undefined."""
        return figures.mean(axis=0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Curve:
    """What one ROC curve is of.

    Args:
        known: whether a sample has a part in it, bool `[N]`.
        positive: bool `[N]`; false where not known.
        scores: higher speaks for positive, `[N]`.
    """

    known: np.ndarray
    positive: np.ndarray
    scores: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Areas:
    """The mean of the areas under ROC curves.

    Args:
        curves: of predictions.
        defined_alone: whether curves without a positive or without a negative are left
            out, else they leave the mean undefined.
    """

    curves: Callable[[Predictions], tuple[Curve, ...]]
    defined_alone: bool = False

    def figures(self, predictions: Predictions, weights: np.ndarray) -> np.ndarray:
        """From weights `[R, N]` to `[C, R]`; NaN where a curve is undefined."""
        areas = []
        for curve in self.curves(predictions):
            known = curve.known
            area = np.full(len(weights), np.nan)
            if known.any():
                area = resampled_auc(
                    curve.positive[known], curve.scores[known], weights[:, known]
                )
            areas.append(area)
        return np.stack(areas)

    def mean(self, figures: np.ndarray) -> np.ndarray:
        """From `[C, R]` to `[R]`; NaN where one, or each, is undefined."""
        return mean_of_defined(figures) if self.defined_alone else figures.mean(axis=0)


@dataclass(frozen=True, kw_only=True)
class Other:
    """An objective that is no mean over samples or pairs of them.

    Args:
        of_weights: from predictions and weights `[R, N]` to `[R]`, NaN where undefined.
    """

    of_weights: Callable[[Predictions, np.ndarray], np.ndarray]

    def figures(self, predictions: Predictions, weights: np.ndarray) -> np.ndarray:
        """From weights `[R, N]` to `[1, R]`; NaN where it is undefined."""
        return self.of_weights(predictions, weights)[None, :]

    def mean(self, figures: np.ndarray) -> np.ndarray:
        """From `[1, R]` to `[R]`."""
        return figures[0]


Form = Mean | Areas | Other


def resampled(form: Form, predictions: Predictions, weights: np.ndarray) -> np.ndarray:
    """The objective of R resamples, `[R]`, NaN where it is undefined.

    Args:
        weights: how often each sample stands in each resample, `[R, N]`.
    """
    return form.mean(form.figures(predictions, weights))


def mean_of_defined(values: np.ndarray) -> np.ndarray:
    """Over the first axis of those that are numbers; NaN where there is none."""
    defined = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        return np.where(defined, values, 0).sum(axis=0) / defined.sum(axis=0)
