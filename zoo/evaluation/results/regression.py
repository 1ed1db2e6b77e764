"""The metrics of predicted numbers with their intervals: column by column."""

import dataclasses

import numpy as np

from zoo.evaluation.metrics import regression as regression_metrics
from zoo.evaluation.predictions.predictions import Predictions, take
from zoo.evaluation.results.entries import entry_of, interval_fields
from zoo.evaluation.results.repeats import repeats
from zoo.evaluation.results.resampling import from_all
from zoo.evaluation.results.settings import Settings

_FEW_KNOW = "fewer than two patients know it"


def described(predictions: Predictions) -> dict:
    """What metrics.json says of the columns in general."""
    return {"kind": predictions.kind.name, "columns": list(predictions.names)}


def level(predictions: Predictions, settings: Settings) -> dict:
    """All metrics of the rows as they are.

    - `defined`: true; `samples`, `patients`
    - `resampling`: `patients` or `none: <reason>`
    - `per_column`: by column `known`, how many samples know it, and entries by the
      names in `metrics.regression.METRICS`; where patients have several samples,
      `repeats`, see `results.repeats`
    """
    return {
        "defined": True,
        "samples": len(predictions),
        "patients": len(set(predictions.patient_id)),
        "resampling": from_all(predictions).text(),
        "per_column": {
            name: _column(predictions, column, settings)
            for column, name in enumerate(predictions.names)
        },
    }


def known(predictions: Predictions, column: int) -> Predictions:
    """The samples that know a column."""
    return take(predictions, np.flatnonzero(~np.isnan(predictions.truth[:, column])))


def _column(predictions: Predictions, column: int, settings: Settings) -> dict:
    """In resamples of the patients who know the column, each with all its samples."""
    knowing = known(predictions, column)
    truth, predicted = knowing.truth[:, column], knowing.outputs["pred"][:, column]
    resampling = from_all(knowing)
    if resampling.reason:
        resampling = dataclasses.replace(resampling, reason=_FEW_KNOW)
    values = resampling.replicates(
        lambda weights: regression_metrics.replicate(truth, predicted, weights),
        knowing,
        settings,
    )
    values = values or {}
    entries = {
        name: entry_of(
            measure, resampling.interval(values.get(name), settings.confidence)
        )
        for name, measure in regression_metrics.measure(truth, predicted).items()
    }
    alone = len(knowing) == len(set(knowing.patient_id)) >= 2
    if alone:  # each patient is its one sample
        agreement = regression_metrics.agreement_intervals(
            truth, predicted, settings.confidence
        )
        for name, interval in agreement.items():
            entries[name]["intervals"][interval.method] = interval_fields(interval)
    again = repeats(predictions, column, settings)
    return {"known": len(knowing), **entries, **({"repeats": again} if again else {})}
