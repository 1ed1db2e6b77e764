"""The metrics of labels that do not exclude each other: of each, and their means."""

import numpy as np

from zoo.evaluation.metrics import multilabel as multilabel_metrics
from zoo.evaluation.metrics.multilabel import PER_LABEL, WITH, WITHOUT
from zoo.evaluation.predictions.predictions import IDS, Predictions, take
from zoo.evaluation.results import classification
from zoo.evaluation.results.entries import entry_of
from zoo.evaluation.results.resampling import from_all
from zoo.evaluation.results.settings import Settings
from zoo.targets.classification import CLASSIFICATION


def described(predictions: Predictions) -> dict:
    """What metrics.json says of the labels in general."""
    return {"kind": predictions.kind.name, "labels": list(predictions.names)}


def level(predictions: Predictions, settings: Settings) -> dict:
    """All metrics of the rows as they are.

    - `defined`: true; `samples`, `patients`
    - `resampling`: `patients` or `none: <reason>`
    - the means over the labels by the names in `metrics.multilabel.OVERALL`: entries
    - `per_label`: by label `known`, how many samples know it, `with`, how many of them
      have it, and entries by the names in `PER_LABEL`
    """
    truth, shares = predictions.truth, predictions.probabilities
    resampling = from_all(predictions)
    replicates = resampling.replicates(
        lambda weights: multilabel_metrics.replicate(truth, shares, weights),
        predictions,
        settings,
    )
    measures = multilabel_metrics.overall_measures(
        truth, predictions.outputs, predictions.names
    )
    values = replicates or {}
    overall = {
        name: entry_of(
            measure, resampling.interval(values.get(name), settings.confidence)
        )
        for name, measure in measures.items()
    }
    return {
        "defined": True,
        "samples": len(predictions),
        "patients": len(set(predictions.patient_id)),
        "resampling": resampling.text(),
        **overall,
        "per_label": {
            name: _label(single_label(predictions, column), settings)
            for column, name in enumerate(predictions.names)
        },
    }


def single_label(predictions: Predictions, column: int) -> Predictions:
    """One label as two classes, of the samples that know it."""
    rows = np.flatnonzero(~np.isnan(predictions.truth[:, column]))
    logits = predictions.outputs["logit"][rows, column]
    ids = {name: getattr(predictions, name) for name in IDS}
    return Predictions(
        **{name: tuple(values[row] for row in rows) for name, values in ids.items()},
        kind=CLASSIFICATION,
        names=(WITHOUT, WITH),
        truth=predictions.truth[rows, column : column + 1],
        outputs={
            "prob": multilabel_metrics.two_classes(
                predictions.probabilities[rows, column]
            ),
            "logit": np.stack([np.zeros(len(rows)), logits], axis=1),
        },
        extra=take(predictions, rows).extra,
    )


def _label(label: Predictions, settings: Settings) -> dict:
    counts = {"known": len(label), "with": int(label.label.sum())}
    if not len(label):
        reason = multilabel_metrics.NO_SAMPLE
        missing = {"value": None, "reason": reason, "intervals": {}}
        return counts | {name: missing for name in PER_LABEL}
    result = classification.level(label, settings)
    entries = {**result, **result["per_class"][WITH]}
    return counts | {name: entries[name] for name in PER_LABEL}
