"""Metrics of resamples that are no means over samples or pairs of them.

From predictions and weights `[R, N]` to `[R]`, NaN where undefined.
"""

from collections.abc import Callable

import numpy as np

from zoo.evaluation.metrics import classification, multilabel, ordinal, regression
from zoo.evaluation.predictions.predictions import Predictions

OfWeights = Callable[[Predictions, np.ndarray], np.ndarray]


def kappa(predictions: Predictions, weights: np.ndarray) -> np.ndarray:
    """Cohen's, of classes."""
    return _of_classes(predictions, weights)["overall"]["kappa"]


def quadratic_kappa(predictions: Predictions, weights: np.ndarray) -> np.ndarray:
    """Of grades."""
    confusion = _of_classes(predictions, weights)["confusion"]
    return ordinal.replicate(confusion)["quadratic_kappa"]


def f1(predictions: Predictions, weights: np.ndarray) -> np.ndarray:
    """The mean over labels."""
    truth, shares = predictions.truth, predictions.probabilities
    return multilabel.replicate(truth, shares, weights)["f1"]


def of_numbers(name: str) -> OfWeights:
    """The mean over the columns of a metric of `metrics.regression`."""

    def of_weights(predictions: Predictions, weights: np.ndarray) -> np.ndarray:
        columns = []
        for truth, predicted in zip(predictions.truth.T, predictions.outputs["pred"].T):
            known = ~np.isnan(truth)
            if not known.any():
                return np.full(len(weights), np.nan)
            values = regression.replicate(
                truth[known], predicted[known], weights[:, known]
            )
            columns.append(values[name])
        return np.mean(columns, axis=0)

    return of_weights


def _of_classes(predictions: Predictions, weights: np.ndarray) -> dict:
    return classification.replicate(
        predictions.label, predictions.probabilities, weights
    )
