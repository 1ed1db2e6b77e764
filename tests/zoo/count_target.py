"""A kind of target that the project has not, added as any would be: counts.

One value, and one entry in each mapping by kind. The last layer gives the logarithm of
a rate, which is learned by the Poisson loss.
"""

from pathlib import Path

import keras
import numpy as np
from keras import ops
from scipy.special import xlogy
from sklearn.linear_model import PoissonRegressor

from pipelines.tasks.target_kinds import LABEL_KINDS, LabelKind
from zoo.evaluation.figures import regression_plots
from zoo.evaluation.figures.by_kind import FIGURES
from zoo.evaluation.metrics import regression as regression_metrics
from zoo.evaluation.metrics.by_kind import METRICS, VALIDATION_SCORES
from zoo.evaluation.metrics.measure import Measure
from zoo.evaluation.predictions.predictions import Predictions, take
from zoo.evaluation.results.by_kind import RESULTS, Results
from zoo.evaluation.results.entries import entry_of
from zoo.evaluation.results.resampling import from_all
from zoo.evaluation.results.shown import shown_level
from zoo.evaluation.tables import text_table
from zoo.evaluation.tables.by_kind import TABLES, Tables
from zoo.targets import (
    encodings,
    output_layers,
    slice_votes,
    split_knowledge,
    value_weights,
)
from zoo.targets.kind import TargetKind
from zoo.targets.kinds import TARGET_KINDS
from zoo.training.baseline.covariate_baseline import BASELINES
from zoo.training.losses.losses import LOSSES


def _activation(log_rates, suffix, _):
    name = f"rates{suffix}"
    rates = keras.layers.Activation("exponential", dtype="float32", name=name)
    return {name: rates(log_rates)}


def _vote(log_rates, slices, pooling):
    """The logarithm of the slices' mean rate."""
    by_slice = slice_votes.by_volume(log_rates, slices)
    return ops.logsumexp(by_slice, axis=1) - np.log(slices)


COUNT = TargetKind(
    name="count",
    outputs={"pred": "rates"},
    shown="pred",
    digits=".2f",
    size=lambda target: len(target.columns),
    output_layer=output_layers.dense,
    vote=_vote,
    activation=_activation,
    last_numbers=lambda outputs, _: np.log(np.asarray(outputs["rates"], float)),
    encode=lambda values, known, size, _: values,
    sample_weight=encodings.weight_of_numbers,
    value_weights=value_weights.of_numbers,
    columns_alike=True,
    check_splits=split_knowledge.of_numbers,
    monitors=("val_loss",),
)


class LogRateLoss(keras.losses.Loss):
    """Keras' Poisson loss of every column, of logarithms of rates."""

    def call(self, y_true, y_pred):
        """`[B, T]` each to `[B, T]`."""
        true, rates = y_true[..., None], ops.exp(y_pred)[..., None]
        return keras.losses.poisson(true, rates)


def replicate(truth, rates, weights):
    """Mean Poisson deviance and mean absolute error of R resamples, `[R]` each."""
    deviance = 2 * (xlogy(truth, truth / rates) - truth + rates)
    total = weights.sum(axis=1)
    return {
        "deviance": weights @ deviance / total,
        "mae": weights @ np.abs(rates - truth) / total,
    }


def _measures(truth, outputs, names):
    (column,), (rates,) = truth.T, outputs["pred"].T
    known = ~np.isnan(column)
    values = replicate(column[known], rates[known], np.ones((1, known.sum())))
    return {name: Measure(value=float(value[0])) for name, value in values.items()}


def _validation_scores(truth, outputs):
    return regression_metrics.validation_scores(
        truth, {"predictions": outputs["rates"]}
    )


def _level(predictions: Predictions, settings) -> dict:
    """`defined`, `samples`, `patients`, `resampling`, and the metrics' entries."""
    knowing = take(predictions, np.flatnonzero(~np.isnan(predictions.truth[:, 0])))
    truth, rates = knowing.truth[:, 0], knowing.outputs["pred"][:, 0]
    resampling = from_all(knowing)
    values = resampling.replicates(
        lambda weights: replicate(truth, rates, weights), knowing, settings
    )
    measures = _measures(knowing.truth, knowing.outputs, knowing.names)
    return {
        "defined": True,
        "samples": len(knowing),
        "patients": len(set(knowing.patient_id)),
        "resampling": resampling.text(),
        **{
            name: entry_of(
                measure, resampling.interval(values[name], settings.confidence)
            )
            for name, measure in measures.items()
        },
    }


def _draw(folder: Path, views, evidence, folds=()) -> dict[str, str]:
    level = shown_level(evidence)
    for split, view in views.items():
        regression_plots.scatter(
            folder / f"counts_{split}.png",
            view.truth[:, 0],
            view.outputs["pred"][:, 0],
            name=view.names[0],
            texts=[],
            heading=f"{split.capitalize()}, by {level}",
        )
    return {f"counts_{split}.png": "" for split in views}


def _baseline(target_output, table):
    training = table.training(0)
    model = PoissonRegressor().fit(table.numbers[training], table.truth[training, 0])
    predictions = Predictions(
        **table.ids,
        kind=target_output.kind,
        names=target_output.names,
        truth=table.truth,
        outputs={"pred": model.predict(table.numbers)[:, None]},
    )
    return predictions, {"intercept": float(model.intercept_)}


ENTRIES = (
    (
        LABEL_KINDS,
        LabelKind(
            accepts=lambda number: number >= 0 and number == int(number),
            wanted="a whole number of 0 or more",
        ),
    ),
    (TARGET_KINDS, COUNT),
    (LOSSES, lambda optimisation: LogRateLoss()),
    (BASELINES, _baseline),
    (METRICS, _measures),
    (VALIDATION_SCORES, _validation_scores),
    (
        RESULTS,
        Results(
            described=lambda predictions: {
                "kind": "count",
                "columns": list(predictions.names),
            },
            level=_level,
            truth="counts",
            headline=lambda level: ("Mean Poisson deviance", level["deviance"]),
        ),
    ),
    (FIGURES, _draw),
    (
        TABLES,
        Tables(
            overall=lambda splits, level: text_table.over_splits(
                splits, level, ("deviance", "mae")
            ),
            details=lambda evidence: [],
            missing=lambda metrics: [],
            baseline="Poisson regression",
        ),
    ),
)


def add(monkeypatch):
    """Adds the kind to every mapping, until the test is over."""
    for mapping, entry in ENTRIES:
        monkeypatch.setitem(mapping, "count", entry)
