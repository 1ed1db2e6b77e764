"""The metrics of grades with their intervals: those of classes, and how far off."""

import numpy as np

from zoo.evaluation.metrics import ordinal as ordinal_metrics
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results import classification
from zoo.evaluation.results.entries import entry_of
from zoo.evaluation.results.settings import Settings


def described(predictions: Predictions) -> dict:
    """What metrics.json says of the grades in general."""
    return {"kind": predictions.kind.name, **classification.described(predictions)}


def level(predictions: Predictions, settings: Settings) -> dict:
    """As `classification.level`, with the names in `metrics.ordinal.OVERALL`."""
    resampled = classification.resample(predictions, settings)
    result = classification.level_of(predictions, resampled, settings)
    values = {}
    if resampled.replicates is not None:
        values = ordinal_metrics.replicate(resampled.replicates["confusion"])
    resampling, confidence = resampled.resampling, settings.confidence
    measures = ordinal_metrics.measure(np.array(result["confusion"]))
    return result | {
        name: entry_of(measure, resampling.interval(values.get(name), confidence))
        for name, measure in measures.items()
    }
