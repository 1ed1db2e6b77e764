"""The baseline of a run: its splits, its covariates, no images."""

import json
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from pipelines import files
from pipelines.cohort.roles import roles
from pipelines.covariates.encode import encode
from pipelines.records.data_set import DataSet, read_manifest
from pipelines.records.manifest import Row
from zoo.evidence import predictions
from zoo.evidence.predictions import Predictions
from zoo.learning import baseline
from zoo.learning.baseline import Regression
from zoo.learning.standardising import encoded
from zoo.run import Run


def write(run: Run, data: DataSet) -> None:
    """Fits the logistic regression of the run's `baseline_covariates`, if it has any.

    Writes `baseline.csv`, as predictions.csv, and `baseline.json` with the
    coefficients. Encoding, penalty and coefficients come from the training split of
    the run alone. A test split that the run leaves is left here too.
    """
    names = run.recipe.baseline_covariates
    if not names:
        return
    encoding = encoded(data, names, run.fold)
    played = roles(data.groups, data.task.split, run.fold)
    left = "test" if run.leaves_test else None
    rows = [
        row for row in read_manifest(data) if row.target and played[row.group] != left
    ]
    values = np.array([row.covariates for row in rows], np.float32)
    numbers = encode(tf.constant(values), encoding, data.task.covariates)
    numbers = numbers.numpy().astype(np.float64)
    split = tuple(played[row.group] for row in rows)
    training = np.flatnonzero(np.array(split) == "train")
    labels = np.array([int(row.target[0]) for row in rows])
    fitted = baseline.fit(
        numbers[training],
        labels[training],
        [rows[i].patient_id for i in training],
        classes=len(run.classes),
        seed=run.recipe.seed,
    )
    text = _described(fitted, run, encoding.names)
    files.write_text(run.baseline_path.with_suffix(".json"), text)
    found = _predicted(rows, split, labels, fitted.probabilities(numbers), run)
    predictions.write(run.baseline_path, found)


def _predicted(
    rows: Sequence[Row],
    split: tuple[str, ...],
    labels: np.ndarray,
    probabilities: np.ndarray,
    run: Run,
) -> Predictions:
    return Predictions(
        sample_id=tuple(row.sample_id for row in rows),
        patient_id=tuple(row.patient_id for row in rows),
        split=split,
        fold=(run.fold or "",) * len(rows),
        label=labels,
        probabilities=probabilities,
        logits=np.log(np.maximum(probabilities, np.finfo(np.float64).tiny)),
        classes=run.classes,
    )


def _described(fitted: Regression, run: Run, names: tuple[str, ...]) -> str:
    """The fit as JSON; of two classes the coefficients are those of the second."""
    shown = [run.classes[c] for c in fitted.model.classes_]
    if len(shown) == 2:
        shown = shown[1:]
    content = {
        "covariates": list(run.recipe.baseline_covariates),
        "inverse_penalty": fitted.inverse_penalty,
        "chosen_in_folds": fitted.folds,
        "classes": {
            name: {
                "intercept": float(intercept),
                "coefficients": dict(zip(names, map(float, coefficients))),
            }
            for name, intercept, coefficients in zip(
                shown, fitted.model.intercept_, fitted.model.coef_, strict=True
            )
        },
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"
