"""The intervals of the average precision beside the percentile bootstrap's."""

import dataclasses

import numpy as np

from zoo.evaluation.metrics.average_precision import wilson_bootstrap
from zoo.evaluation.predictions.by_patient import patient_index
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results.entries import interval_fields
from zoo.evaluation.results.resampling import Resampling

_NAME = "average_precision"


def add(
    overall: dict,
    per_class: dict,
    predictions: Predictions,
    resampling: Resampling,
    replicates: dict | None,
    confidence: float,
) -> None:
    """Adds them to the entries of `results.classification.level_of`.

    Args:
        overall: entries by the names in `metrics.classification.OVERALL`.
        per_class: by class, entries by the names in `PER_CLASS`.
        replicates: of `metrics.classification.replicate`.
    """
    if replicates is None:
        return
    patient, labels = patient_index(predictions), predictions.label
    positives = [
        len(np.unique(patient[labels == number])) for number in range(len(per_class))
    ]
    of_all = positives[1] if len(positives) == 2 else min(positives)
    jobs = [(overall[_NAME], replicates["overall"][_NAME], of_all)]
    for number, entries in enumerate(per_class.values()):
        values = replicates["per_class"][_NAME][:, number]
        jobs.append((entries[_NAME], values, positives[number]))
    for entry, values, count in jobs:
        if entry["value"] is not None:
            interval = wilson_bootstrap(entry["value"], values, count, confidence)
            marked = dataclasses.replace(resampling, rarest=count).marked(interval)
            entry["intervals"][interval.method] = interval_fields(marked)
