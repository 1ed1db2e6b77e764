"""The metrics of classes with their intervals, ready for JSON."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from zoo.evaluation.metrics import classification as classification_metrics
from zoo.evaluation.metrics.intervals import Interval
from zoo.evaluation.metrics.measure import Measure
from zoo.evaluation.metrics.studentised import MeanOfPatients
from zoo.evaluation.predictions.by_patient import patient_index
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results import (
    class_intervals,
    count_intervals,
    precision_intervals,
)
from zoo.evaluation.results.entries import entry_of, interval_fields
from zoo.evaluation.results.log_loss_interval import NO_ERROR, as_far_as_seen
from zoo.evaluation.results.resampling import Resampling, of_classes
from zoo.evaluation.results.settings import Settings


@dataclass(frozen=True, kw_only=True, eq=False)
class Resampled:
    """The metrics of the resamples of predictions.

    Args:
        resampling: how patients were drawn.
        replicates: of `metrics.classification.replicate`; none where they can't be.
        means: the metrics that are means of samples' terms; their deviations stand in
            the replicates under `deviations`.
        most: what a term of each of these can be at most.
    """

    resampling: Resampling
    replicates: dict | None
    means: dict[str, MeanOfPatients]
    most: dict[str, float]

    def interval(
        self, values_of: Callable[[dict], np.ndarray], confidence: float
    ) -> Interval:
        """Of the metric whose values `[R]` are taken from the replicates."""
        values = None if self.replicates is None else values_of(self.replicates)
        return self.resampling.interval(values, confidence)

    def of_means(self, confidence: float) -> dict[str, Interval]:
        """The studentised intervals of the metrics that are means."""
        if self.replicates is None:
            return {}
        deviations = self.replicates["deviations"]
        return {
            name: self.resampling.marked(
                mean.interval(deviations[name], confidence, most=self.most[name])
            )
            for name, mean in self.means.items()
        }


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
    resampling = of_classes(predictions, settings)
    labels, probabilities = predictions.label, predictions.probabilities
    patient = patient_index(predictions)
    first = np.unique(patient, return_index=True)[1]
    terms = classification_metrics.sample_terms(labels, probabilities)
    means = {
        name: MeanOfPatients(values, patient, resampling.stratum)
        for name, values in terms.items()
    }

    def replicate(weights: np.ndarray) -> dict:
        of_patients = weights[:, first]
        return classification_metrics.replicate(labels, probabilities, weights) | {
            "deviations": {n: mean.deviations(of_patients) for n, mean in means.items()}
        }

    replicates = resampling.replicates(replicate, predictions, settings)
    return Resampled(
        resampling=resampling,
        replicates=replicates,
        means=means,
        most={
            name: classification_metrics.most_of_term(name, probabilities.shape[1])
            for name in means
        },
    )


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
    resampling = resampled.resampling
    class_intervals.add(overall, per_class, predictions, confidence)
    count_intervals.add(overall, per_class, predictions, resampling, confidence)
    precision_intervals.add(
        overall, per_class, predictions, resampling, resampled.replicates, confidence
    )
    for name, interval in resampled.of_means(confidence).items():
        if overall[name]["value"] is None:
            continue
        intervals = overall[name]["intervals"]
        if name == "log_loss":
            interval = as_far_as_seen(
                interval, predictions.label, predictions.probabilities
            )
            if interval.reason == NO_ERROR:  # percentiles know no more
                intervals["bootstrap"] = interval_fields(interval)
        intervals[interval.method] = interval_fields(interval)
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
