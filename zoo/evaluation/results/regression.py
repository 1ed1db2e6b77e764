"""The verdict on predicted numbers: column by column."""

import numpy as np

from zoo.evaluation.metrics import regression as regression_metrics
from zoo.evaluation.metrics.bootstrap import blocks
from zoo.evaluation.metrics.classification import Measure
from zoo.evaluation.metrics.intervals import Interval, percentile
from zoo.evaluation.metrics.regression import METRICS
from zoo.evaluation.predictions.by_patient import judged_by_level
from zoo.evaluation.predictions.columns import Columns
from zoo.evaluation.predictions.columns_by_patient import by_patient, mixed_patients
from zoo.evaluation.results.classification import Settings, entry_of

_ALONE = "there is only one patient"
_ONE_KNOWS = "fewer than two patients know it"


def judge(found: Columns, settings: Settings) -> dict:
    """The metrics of one split, `{"patient": level, "sample": level}`.

    A level is `{"defined": false, "reason": ...}` or
      - `defined`: true; `samples`, `patients`
      - `resampling`: `patients` or `none: <reason>`
      - `per_column`: by column `known`, how many samples know it, and entries by the
        names in `number_metrics.METRICS`
    """
    return judged_by_level(
        found,
        lambda rows: _level(rows, settings),
        by_patient=by_patient,
        mixed=mixed_patients(found),
        what="numbers",
    )


def measures(found: Columns) -> dict[str, Measure]:
    """Every metric; of several columns with the name of the column before it."""
    several = len(found.names) > 1
    return {
        f"{name}: {metric}" if several else metric: measure
        for column, name in enumerate(found.names)
        for metric, measure in _measured(found, column).items()
    }


def known(found: Columns, column: int) -> np.ndarray:
    """The rows that know a column."""
    return np.flatnonzero(~np.isnan(found.truth[:, column]))


def _measured(found: Columns, column: int) -> dict[str, Measure]:
    rows = known(found, column)
    truth, said = found.truth[rows, column], found.answers["pred"][rows, column]
    return regression_metrics.measure(truth, said)


def _level(found: Columns, settings: Settings) -> dict:
    patients = len(set(found.patient_id))
    return {
        "defined": True,
        "samples": len(found),
        "patients": patients,
        "resampling": "patients" if patients > 1 else f"none: {_ALONE}",
        "per_column": {
            name: _column(found, column, settings)
            for column, name in enumerate(found.names)
        },
    }


def _column(found: Columns, column: int, settings: Settings) -> dict:
    rows = known(found, column)
    spread = _replicates(found, column, rows, settings)
    measured = _measured(found, column)
    entries = {}
    for name in METRICS:
        interval = Interval(method="bootstrap", reason=_ONE_KNOWS)
        if spread is not None:
            interval = percentile(spread[name], settings.confidence)
        entries[name] = entry_of(measured[name], interval)
    return {"known": len(rows), **entries}


def _replicates(
    found: Columns, column: int, rows: np.ndarray, settings: Settings
) -> dict[str, np.ndarray] | None:
    """The metrics in resamples of the patients who know the column, each with all its
    samples; none where there is one patient."""
    names = np.array(found.patient_id)[rows]
    patients, patient = np.unique(names, return_inverse=True)
    if len(patients) < 2:
        return None
    truth, said = found.truth[rows, column], found.answers["pred"][rows, column]
    stratum = np.zeros(len(patients), dtype=np.int64)
    parts = [
        regression_metrics.replicate(truth, said, weights[:, patient])
        for weights in blocks(stratum, settings.bootstrap, len(rows), settings.seed)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in METRICS}
