"""The metrics of classes with their intervals, ready for JSON."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from zoo.evaluation.metrics import classification as classification_metrics
from zoo.evaluation.metrics.delong import delong
from zoo.evaluation.metrics.intervals import Interval, wilson
from zoo.evaluation.metrics.measure import Measure
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results.entries import entry_of, interval_fields
from zoo.evaluation.results.resampling import Resampling, within_classes
from zoo.evaluation.results.settings import Settings


@dataclass(frozen=True, kw_only=True, eq=False)
class Resampled:
    """The metrics of the resamples of predictions.

    Args:
        resampling: how patients were drawn.
        replicates: of `metrics.classification.replicate`; none where they can't be.
    """

    resampling: Resampling
    replicates: dict | None

    def interval(
        self, values_of: Callable[[dict], np.ndarray], confidence: float
    ) -> Interval:
        """Of the metric whose values `[R]` are taken from the replicates."""
        values = None if self.replicates is None else values_of(self.replicates)
        return self.resampling.interval(values, confidence)


def described(predictions: Predictions) -> dict:
    """What metrics.json says of the classes in general."""
    classes = predictions.names
    return {
        "classes": list(classes),
        "positive_class": classes[1] if len(classes) == 2 else None,
    }


def level(predictions: Predictions, settings: Settings) -> dict:
    """All metrics of the rows as they are, see `run_evaluation.write`."""
    return level_of(predictions, resample(predictions, settings), settings)


def resample(predictions: Predictions, settings: Settings) -> Resampled:
    """The metrics of resamples of patients."""
    resampling = within_classes(predictions)
    labels, probabilities = predictions.label, predictions.probabilities

    def replicate(weights: np.ndarray) -> dict:
        return classification_metrics.replicate(labels, probabilities, weights)

    replicates = resampling.replicates(replicate, predictions, settings)
    return Resampled(resampling=resampling, replicates=replicates)


def level_of(
    predictions: Predictions, resampled: Resampled, settings: Settings
) -> dict:
    """As `level`, of resamples that are drawn already."""
    confidence = settings.confidence
    metrics = classification_metrics.measure(
        predictions.label, predictions.probabilities, predictions.names
    )
    overall = {
        name: entry_of(
            measure, resampled.interval(lambda r, n=name: r["overall"][n], confidence)
        )
        for name, measure in metrics.overall.items()
    }
    per_class = {
        title: _of_class(metrics.per_class[index], index, resampled, confidence)
        for index, title in enumerate(predictions.names)
    }
    independent = len(set(predictions.patient_id)) == len(predictions)
    if independent:
        _add_wilson(overall, per_class, metrics.confusion, confidence)
    _add_delong(per_class, predictions, independent, confidence)
    if len(predictions.names) == 2:
        overall["auc"] = per_class[predictions.names[1]]["auc"]
    return {
        "defined": True,
        "samples": len(predictions),
        "patients": len(set(predictions.patient_id)),
        "samples_per_class": dict(
            zip(predictions.names, metrics.confusion.sum(axis=1).tolist())
        ),
        "resampling": resampled.resampling.text(),
        **overall,
        "per_class": per_class,
        "confusion": metrics.confusion.tolist(),
    }


def _of_class(
    measures: dict[str, Measure],
    index: int,
    resampled: Resampled,
    confidence: float,
) -> dict[str, dict]:
    return {
        name: entry_of(
            measure,
            resampled.interval(
                lambda r, n=name: r["per_class"][n][:, index], confidence
            ),
        )
        for name, measure in measures.items()
    }


def _add_wilson(
    overall: dict, per_class: dict, confusion: np.ndarray, confidence: float
) -> None:
    """Intervals of the proportions; only where every patient counts once."""
    total, right = int(confusion.sum()), int(np.trace(confusion))
    trials = [(overall["accuracy"], right, total)]
    for c, entries in enumerate(per_class.values()):
        tp, truly = int(confusion[c, c]), int(confusion[c].sum())
        called = int(confusion[:, c].sum())
        tn = total - truly - called + tp
        trials += [
            (entries["sensitivity"], tp, truly),
            (entries["specificity"], tn, total - truly),
            (entries["ppv"], tp, called),
            (entries["npv"], tn, total - called),
            (entries["accuracy"], tp + tn, total),
        ]
    for entry, successes, count in trials:
        if entry["value"] is not None:
            interval = wilson(successes, count, confidence)
            entry["intervals"]["wilson"] = interval_fields(interval)


def _add_delong(
    per_class: dict, predictions: Predictions, independent: bool, confidence: float
) -> None:
    """Intervals of each class's AUC; only where every patient counts once."""
    for c, entries in enumerate(per_class.values()):
        entry = entries["auc"]
        if entry["value"] is None:
            continue
        if independent:
            scores = predictions.probabilities[:, c]
            interval = delong(
                predictions.label == c, scores, entry["value"], confidence
            )
        else:
            interval = Interval(method="delong", reason="a patient has several samples")
        entry["intervals"]["delong"] = interval_fields(interval)
