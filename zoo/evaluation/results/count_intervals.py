"""The intervals of figures of counts that no number of trials belongs to."""

import dataclasses

import numpy as np

from zoo.evaluation.metrics import shares
from zoo.evaluation.metrics.classification import decide
from zoo.evaluation.metrics.intervals import Interval
from zoo.evaluation.metrics.jackknife import jackknife_variances, wilson_jackknife
from zoo.evaluation.predictions.by_patient import patient_index
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results.entries import interval_fields
from zoo.evaluation.results.resampling import WITHIN_CLASSES, Resampling

_AGREEMENTS = ("kappa", "mcc")
_PROPORTIONS = ("accuracy", "ppv", "npv")


def add(
    overall: dict,
    per_class: dict,
    predictions: Predictions,
    resampling: Resampling,
    confidence: float,
) -> None:
    """Adds them to the entries of `results.classification.level_of`.

    Of kappa and Matthews's coefficient; and of proportions that are none of samples
    drawn freely, where patients were taken within their classes.

    Args:
        overall: entries by the names in `metrics.classification.OVERALL`.
        per_class: by class, entries by the names in `PER_CLASS`.
    """
    patient, labels = patient_index(predictions), predictions.label
    called = decide(predictions.probabilities)
    rows = [(overall, labels, called)]
    for number, entries in enumerate(per_class.values()):
        rows.append((entries, labels == number, called == number))
    for entries, truth, predicted in rows:
        if (truth == predicted).all():
            _put_perfect(entries, truth, resampling.patients, confidence)
    if resampling.reason:
        return
    of_all, of_classes = jackknife_variances(
        labels, called, patient, resampling.stratum, len(per_class)
    )
    variances = [of_all]
    for number in range(len(per_class)):
        variances.append({name: values[number] for name, values in of_classes.items()})
    for (entries, truth, predicted), variance in zip(rows, variances):
        agreed = float(np.mean(truth == predicted))
        figures = {name: agreed for name in _AGREEMENTS}
        if resampling.how == WITHIN_CLASSES:
            figures |= _within_classes(entries, agreed, len(per_class))
        for name, share in figures.items():
            value = entries[name]["value"]
            if value is None:
                continue
            interval = wilson_jackknife(
                value, share, float(variance[name]), resampling.patients, confidence
            )
            if name in _AGREEMENTS:
                interval = resampling.marked(interval)
            elif interval.reason:
                continue
            else:
                interval = dataclasses.replace(interval, method="wilson_within_classes")
            _put(entries[name], interval)


def _within_classes(entries: dict, agreed: float, classes: int) -> dict[str, float]:
    """The share that agrees by the name of each figure that is meant."""
    proportions = {
        name: entries[name]["value"] for name in _PROPORTIONS if name in entries
    }
    if "f1" in entries:
        proportions["f1"] = agreed
        if classes > 2:
            proportions["specificity"] = entries["specificity"]["value"]
    return proportions


def _put(entry: dict, interval: Interval) -> None:
    if entry["value"] is not None:
        entry["intervals"][interval.method] = interval_fields(interval)


def _put_perfect(
    entries: dict, truth: np.ndarray, patients: int, confidence: float
) -> None:
    """Adds the lower bounds of what is 1; Matthews's is never below kappa."""
    chance = sum(np.mean(truth == value) ** 2 for value in np.unique(truth))
    if chance < 1:
        bound = shares.perfect_kappa(float(chance), patients, confidence)
        for name in _AGREEMENTS:
            _put(entries[name], bound)
