"""What subgroups show of every kind of target, by its name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from zoo.evaluation.metrics import classification as classes
from zoo.evaluation.metrics import multilabel, ordinal, regression
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results.metric_text import decimals, significant

Replicate = Callable[[np.ndarray], Mapping[str, np.ndarray]]
_COLUMNS = 3  # of numbers that a picture has room for


@dataclass(frozen=True, kw_only=True)
class Subgroups:
    """What is compared and shown of one kind of target.

    Args:
        replicate: from predictions to a function from weights of their rows, `[R, N]`,
            to figures by the names of `entries.entries_of`, `[R]` each, NaN where
            undefined.
        headlines: from predictions to the names of the figures that tables and
            pictures show.
        show: a number.
    """

    replicate: Callable[[Predictions], Replicate]
    headlines: Callable[[Predictions], tuple[str, ...]]
    show: Callable[[float], str] = decimals


def _classes(predictions: Predictions) -> Replicate:
    labels, names = predictions.label, predictions.names

    def replicate(weights: np.ndarray) -> dict[str, np.ndarray]:
        values = classes.replicate(labels, predictions.probabilities, weights)
        return _named(values, names)

    return replicate


def _named(values: dict, names: tuple[str, ...]) -> dict[str, np.ndarray]:
    per_class = {
        f"{name}: {figure}": table[:, place]
        for place, name in enumerate(names)
        for figure, table in values["per_class"].items()
    }
    return {**values["overall"], **per_class}


def _grades(predictions: Predictions) -> Replicate:
    labels, names = predictions.label, predictions.names

    def replicate(weights: np.ndarray) -> dict[str, np.ndarray]:
        values = classes.replicate(labels, predictions.probabilities, weights)
        return _named(values, names) | ordinal.replicate(values["confusion"])

    return replicate


def _labels(predictions: Predictions) -> Replicate:
    truth, shares = predictions.truth, predictions.probabilities

    def replicate(weights: np.ndarray) -> dict[str, np.ndarray]:
        figures = dict(multilabel.replicate(truth, shares, weights))
        for column, name in enumerate(predictions.names):
            known = ~np.isnan(truth[:, column])
            if not known.any():
                continue
            values = classes.replicate(
                truth[known, column].astype(np.int64),
                multilabel.two_classes(shares[known, column]),
                weights[:, known],
            )
            with_it = {key: table[:, 1] for key, table in values["per_class"].items()}
            of_label = {**values["overall"], **with_it}
            figures |= {f"{name}: {key}": value for key, value in of_label.items()}
        return figures

    return replicate


def _numbers(predictions: Predictions) -> Replicate:
    truth, predicted = predictions.truth, predictions.outputs["pred"]

    def replicate(weights: np.ndarray) -> dict[str, np.ndarray]:
        figures = {}
        for column, name in enumerate(predictions.names):
            known = ~np.isnan(truth[:, column])
            if not known.any():
                continue
            values = regression.replicate(
                truth[known, column], predicted[known, column], weights[:, known]
            )
            figures |= {f"{name}: {key}": value for key, value in values.items()}
        return figures

    return replicate


def _of_classes(predictions: Predictions) -> tuple[str, ...]:
    if len(predictions.names) > 2:
        return "auc", "balanced_accuracy", "accuracy"
    positive = predictions.names[1]
    return "auc", f"{positive}: sensitivity", f"{positive}: specificity"


SUBGROUPS: dict[str, Subgroups] = {
    "classification": Subgroups(replicate=_classes, headlines=_of_classes),
    "ordinal": Subgroups(
        replicate=_grades,
        headlines=lambda predictions: ("quadratic_kappa", "auc", "accuracy"),
    ),
    "multilabel": Subgroups(
        replicate=_labels, headlines=lambda predictions: ("auc", "accuracy", "f1")
    ),
    "regression": Subgroups(
        replicate=_numbers,
        headlines=lambda predictions: tuple(
            f"{name}: mae" for name in predictions.names[:_COLUMNS]
        ),
        show=significant,
    ),
}
