"""One class, label or column of a target, by itself: its terms, curve and metrics.

Of a class everything is one against the rest. Every function takes the index of the
name and gives what a form is made of.
"""

from collections.abc import Callable

import numpy as np

from zoo.evaluation.comparison.forms import Areas, Curve, Form, Mean, Other
from zoo.evaluation.metrics import classification, regression
from zoo.evaluation.metrics.multilabel import two_classes
from zoo.evaluation.predictions.predictions import Predictions

OfName = Callable[[int], Form]
_Columns = Callable[[Predictions, int], tuple[np.ndarray, np.ndarray]]


def of_classes(predictions: Predictions, index: int) -> tuple[np.ndarray, np.ndarray]:
    """The truth, 0 or 1, and whether the class is the most probable one, `[N]` each."""
    called = classification.decide(predictions.probabilities) == index
    return (predictions.label == index).astype(float), called.astype(float)


def of_labels(predictions: Predictions, index: int) -> tuple[np.ndarray, np.ndarray]:
    """The truth, NaN where unknown, and whether the label is called, `[N]` each."""
    called = predictions.probabilities[:, index] > 0.5
    return predictions.truth[:, index], called.astype(float)


def sensitivity(columns: _Columns) -> OfName:
    """The share called, of those that are positive."""
    return lambda index: Mean(terms=lambda found: _called(*columns(found, index)))


def specificity(columns: _Columns) -> OfName:
    """The share not called, of those that are negative."""

    def terms(predictions: Predictions, index: int) -> np.ndarray:
        truth, called = columns(predictions, index)
        return _called(1 - truth, 1 - called)

    return lambda index: Mean(terms=lambda found: terms(found, index))


def accuracy(columns: _Columns) -> OfName:
    """The share whose call is right: (TP + TN) / N."""

    def terms(predictions: Predictions, index: int) -> np.ndarray:
        truth, called = columns(predictions, index)
        return np.where(np.isnan(truth), np.nan, (called == truth).astype(float))

    return lambda index: Mean(terms=lambda found: terms(found, index))


def _called(positive: np.ndarray, called: np.ndarray) -> np.ndarray:
    """Whether the positive ones are called, `[N]`; NaN of all others."""
    return np.where(positive == 1, called, np.nan)


def area(columns: _Columns) -> OfName:
    """The area under the curve of its probability."""

    def curve(predictions: Predictions, index: int) -> tuple[Curve, ...]:
        truth, _ = columns(predictions, index)
        known = ~np.isnan(truth)
        scores = predictions.probabilities[:, index]
        return (Curve(known=known, positive=truth == 1, scores=scores),)

    return lambda index: Areas(curves=lambda found: curve(found, index))


def column_of(terms: Callable[[Predictions], np.ndarray]) -> OfName:
    """The mean of one column of terms `[N, M]`."""
    return lambda index: Mean(terms=lambda found: terms(found)[:, index])


def class_metric(name: str) -> OfName:
    """A metric of `metrics.classification.PER_CLASS`."""

    def of_weights(found: Predictions, weights: np.ndarray, index: int) -> np.ndarray:
        values = classification.replicate(found.label, found.probabilities, weights)
        return values["per_class"][name][:, index]

    return lambda index: Other(of_weights=lambda p, w: of_weights(p, w, index))


def label_metric(name: str) -> OfName:
    """The same of a label, over the samples that know it."""

    def of_weights(found: Predictions, weights: np.ndarray, index: int) -> np.ndarray:
        known = ~np.isnan(found.truth[:, index])
        values = classification.replicate(
            found.truth[known, index].astype(np.int64),
            two_classes(found.probabilities[known, index]),
            weights[:, known],
        )
        return values["per_class"][name][:, 1]

    return lambda index: Other(of_weights=lambda p, w: of_weights(p, w, index))


def number_metric(name: str) -> OfName:
    """A metric of `metrics.regression`, over the samples that know the column."""

    def of_weights(found: Predictions, weights: np.ndarray, index: int) -> np.ndarray:
        known = ~np.isnan(found.truth[:, index])
        truth, predicted = found.truth[known], found.outputs["pred"][known]
        values = regression.replicate(
            truth[:, index], predicted[:, index], weights[:, known]
        )
        return values[name]

    return lambda index: Other(of_weights=lambda p, w: of_weights(p, w, index))
