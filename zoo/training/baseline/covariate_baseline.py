"""The baseline of a run: its splits, its covariates, no images."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from pipelines.covariates.encode import encode
from pipelines.records.data_set import DataSet, read_manifest
from pipelines.splits.roles import roles
from pipelines.storage import atomic_files
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.predictions import Predictions
from zoo.runs.run import Run
from zoo.targets.target_output import TargetOutput
from zoo.training.baseline import regression as baseline_regression
from zoo.training.baseline.regression import Regression
from zoo.training.data.split_checks import SPLITS
from zoo.training.data.standardise import encoded


@dataclass(frozen=True, kw_only=True, eq=False)
class _Table:
    """What a regression sees of the samples that know something of a target.

    Args:
        ids: by the names of `IDS`.
        numbers: encoded covariates, `[N, E]`; named by `names`.
        truth: of the target, `[N, numbers of its target]`, NaN = not known.
    """

    ids: dict[str, tuple[str, ...]]
    numbers: np.ndarray
    names: tuple[str, ...]
    truth: np.ndarray
    seed: int

    def training(self, column: int) -> np.ndarray:
        """The rows that training may learn a column from."""
        train = np.array(self.ids["split"]) == "train"
        return np.flatnonzero(train & ~np.isnan(self.truth[:, column]))


def write(run: Run, data: DataSet) -> None:
    """Fits the regressions of the run's `baseline_covariates`, if it has any.

    Writes `baseline.csv`, as predictions.csv, and `baseline.json` with the
    coefficients, for every target. Encoding, penalty and coefficients come from the
    training split of the run alone. A test split that the run leaves is left here too.
    """
    names = run.recipe.baseline_covariates
    if not names:
        return
    for target_output in run.target_outputs:
        predictions, coefficients = BASELINES[target_output.kind.name](
            target_output, _table(run, data, target_output)
        )
        content = {"covariates": list(names), **coefficients}
        text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        path = run.baseline_of(target_output.target.name)
        atomic_files.write_text(path.with_suffix(".json"), text)
        predictions_file.write(path, predictions)


def _table(run: Run, data: DataSet, target_output: TargetOutput) -> _Table:
    encoding = encoded(data, run.recipe.baseline_covariates, run.fold)
    played = roles(data.groups, data.task.split, run.fold)
    shown = {*SPLITS} - ({"test"} if run.leaves_test else set())
    rows = [
        row for row in read_manifest(data) if row.target and played[row.group] in shown
    ]
    truth = np.array([row.target for row in rows], np.float64)
    truth = target_output.values_of(truth)
    known = np.flatnonzero(~np.isnan(truth).all(axis=1))
    rows = [rows[i] for i in known]
    values = np.array([row.covariates for row in rows], np.float32)
    numbers = encode(tf.constant(values), encoding, data.task.covariates)
    return _Table(
        ids={
            "sample_id": tuple(row.sample_id for row in rows),
            "patient_id": tuple(row.patient_id for row in rows),
            "split": tuple(played[row.group] for row in rows),
            "fold": (run.fold or "",) * len(rows),
        },
        numbers=numbers.numpy().astype(np.float64),
        names=encoding.names,
        truth=truth[known],
        seed=run.recipe.seed,
    )


def _classes(target_output: TargetOutput, table: _Table) -> tuple[Predictions, dict]:
    fitted = _logistic(table, 0, len(target_output.target.classes))
    probabilities = fitted.probabilities(table.numbers)
    shown = [target_output.target.classes[c] for c in fitted.model.classes_]
    predictions = _predictions(target_output, table, {"prob": probabilities})
    # Of two classes the coefficients are those of the second.
    return predictions, _described(
        fitted, shown[1:] if len(shown) == 2 else shown, table
    )


def _labels(target_output: TargetOutput, table: _Table) -> tuple[Predictions, dict]:
    """A regression for every label."""
    shares, labels = np.zeros(table.truth.shape), {}
    for column, name in enumerate(target_output.names):
        fitted = _logistic(table, column, 2)
        shares[:, column] = fitted.probabilities(table.numbers)[:, 1]
        labels[name] = _described(fitted, [name], table)
    return _predictions(target_output, table, {"prob": shares}), {"labels": labels}


def _numbers(target_output: TargetOutput, table: _Table) -> tuple[Predictions, dict]:
    """A linear regression for every column."""
    predicted, described = np.zeros(table.truth.shape), {}
    for column, name in enumerate(target_output.names):
        training = table.training(column)
        fitted = baseline_regression.fit_numbers(
            table.numbers[training],
            table.truth[training, column],
            [table.ids["patient_id"][i] for i in training],
            seed=table.seed,
        )
        predicted[:, column] = fitted.model.predict(table.numbers)
        coefficients = map(float, fitted.model.coef_)
        described[name] = {
            "penalty": fitted.penalty,
            "chosen_in_folds": fitted.folds,
            "intercept": float(fitted.model.intercept_),
            "coefficients": dict(zip(table.names, coefficients, strict=True)),
        }
    predictions = _predictions(target_output, table, {"pred": predicted})
    return predictions, {"columns": described}


def _predictions(
    target_output: TargetOutput, table: _Table, outputs: dict[str, np.ndarray]
) -> Predictions:
    """With the logits that follow from the probabilities, if there are any."""
    return Predictions(
        **table.ids,
        kind=target_output.kind,
        names=target_output.names,
        truth=table.truth,
        outputs=target_output.kind.average_logits(outputs),
    )


def _logistic(table: _Table, column: int, classes: int) -> Regression:
    training = table.training(column)
    return baseline_regression.fit(
        table.numbers[training],
        table.truth[training, column].astype(np.int64),
        [table.ids["patient_id"][i] for i in training],
        classes=classes,
        seed=table.seed,
    )


def _described(fitted: Regression, shown: list[str], table: _Table) -> dict:
    return {
        "inverse_penalty": fitted.inverse_penalty,
        "chosen_in_folds": fitted.folds,
        "classes": {
            name: {
                "intercept": float(intercept),
                "coefficients": dict(zip(table.names, map(float, coefficients))),
            }
            for name, intercept, coefficients in zip(
                shown, fitted.model.intercept_, fitted.model.coef_, strict=True
            )
        },
    }


BASELINES: dict[str, Callable[[TargetOutput, _Table], tuple[Predictions, dict]]] = {
    "classification": _classes,
    "ordinal": _classes,
    "multilabel": _labels,
    "regression": _numbers,
}
