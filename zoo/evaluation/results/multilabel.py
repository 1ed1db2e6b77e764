"""The verdict on labels that do not exclude each other: each, and their means."""

import math

import numpy as np

from zoo.evaluation.metrics import classification as classification_metrics
from zoo.evaluation.metrics.bootstrap import blocks
from zoo.evaluation.metrics.classification import Measure
from zoo.evaluation.metrics.classification_resampled import replicate
from zoo.evaluation.metrics.intervals import Interval, percentile
from zoo.evaluation.predictions.by_patient import judged_by_level, patient_index
from zoo.evaluation.predictions.classes import Predictions
from zoo.evaluation.predictions.columns import Columns
from zoo.evaluation.predictions.columns_by_patient import by_patient, mixed_patients
from zoo.evaluation.results import classification as classification_results
from zoo.evaluation.results.classification import Settings, entry_of

WITHOUT, WITH = "without", "with"  # the classes of a label by itself
OVERALL = ("auc", "accuracy", "f1", "log_loss", "brier")
PER_LABEL = (
    *("auc", "accuracy", "sensitivity", "specificity", "ppv", "npv"),
    *("f1", "kappa", "log_loss", "brier"),
)


def judge(found: Columns, settings: Settings) -> dict:
    """The metrics of one split, `{"patient": level, "sample": level}`.

    A level is `{"defined": false, "reason": ...}` or as `labels.evidence` describes it.
    """
    return judged_by_level(
        found,
        lambda rows: _level(rows, settings),
        by_patient=by_patient,
        mixed=mixed_patients(found),
        what="labels",
    )


def measures(found: Columns) -> dict[str, Measure]:
    """The means over the labels, by the names in `OVERALL`."""
    each = [_measured(alone(found, column)) for column in range(len(found.names))]
    return {name: _mean(name, each, found.names) for name in OVERALL}


def alone(found: Columns, column: int) -> Predictions:
    """One label as two classes, of the samples that know it."""
    rows = np.flatnonzero(~np.isnan(found.truth[:, column]))
    shares, logits = (found.answers[kind][rows, column] for kind in ("prob", "logit"))
    return Predictions(
        sample_id=tuple(found.sample_id[i] for i in rows),
        patient_id=tuple(found.patient_id[i] for i in rows),
        split=tuple(found.split[i] for i in rows),
        fold=tuple(found.fold[i] for i in rows),
        label=found.truth[rows, column].astype(np.int64),
        probabilities=np.stack([1 - shares, shares], axis=1),
        logits=np.stack([np.zeros(len(rows)), logits], axis=1),
        classes=(WITHOUT, WITH),
    )


def _level(found: Columns, settings: Settings) -> dict:
    patients = len(set(found.patient_id))
    spread, how = _replicates(found, settings, patients)
    overall = {
        name: entry_of(measure, _interval(spread, how, name, settings))
        for name, measure in measures(found).items()
    }
    return {
        "defined": True,
        "samples": len(found),
        "patients": patients,
        "resampling": how,
        **overall,
        "per_label": {
            name: _label(alone(found, column), settings)
            for column, name in enumerate(found.names)
        },
    }


def _label(one: Predictions, settings: Settings) -> dict:
    counts = {"known": len(one), "with": int(one.label.sum())}
    if not len(one):
        missing = {"value": None, "reason": "no sample knows it", "intervals": {}}
        return counts | {name: missing for name in PER_LABEL}
    found = classification_results.level(one, settings)
    entries = {**found, **found["per_class"][WITH]}
    entries["accuracy"] = found["accuracy"]
    return counts | {name: entries[name] for name in PER_LABEL}


def _measured(one: Predictions) -> dict[str, Measure]:
    if not len(one):
        nothing = Measure(value=math.nan, reason="no sample knows it")
        return {name: nothing for name in PER_LABEL}
    found = classification_metrics.measure(one.label, one.probabilities, one.classes)
    return {**found.per_class[1], **found.overall, "auc": found.per_class[1]["auc"]}


def _mean(name: str, each: list[dict[str, Measure]], names: tuple[str, ...]) -> Measure:
    without = [title for title, own in zip(names, each) if math.isnan(own[name].value)]
    if without:
        reason = f"not defined for {', '.join(without)}"
        return Measure(value=math.nan, reason=reason)
    return Measure(value=float(np.mean([own[name].value for own in each])))


def _replicates(
    found: Columns, settings: Settings, patients: int
) -> tuple[dict[str, np.ndarray] | None, str]:
    """The means over the labels in resamples of patients, drawn from all alike."""
    if patients < 2:
        return None, "none: there is only one patient"
    patient = patient_index(found)
    stratum = np.zeros(patients, dtype=np.int64)
    parts = []
    for weights in blocks(stratum, settings.bootstrap, len(found), settings.seed):
        each = [
            _replicated(found, column, weights[:, patient])
            for column in range(len(found.names))
        ]
        parts.append({name: np.mean([e[name] for e in each], 0) for name in OVERALL})
    joined = {name: np.concatenate([part[name] for part in parts]) for name in OVERALL}
    return joined, "patients"


def _replicated(
    found: Columns, column: int, weights: np.ndarray
) -> dict[str, np.ndarray]:
    one = alone(found, column)
    if not len(one):
        return {name: np.full(len(weights), math.nan) for name in OVERALL}
    known = ~np.isnan(found.truth[:, column])
    made = replicate(one.label, one.probabilities, weights[:, known])
    return {**{n: v[:, 1] for n, v in made.per_class.items()}, **made.overall}


def _interval(
    spread: dict[str, np.ndarray] | None, how: str, name: str, settings: Settings
) -> Interval:
    if spread is None:
        return Interval(method="bootstrap", reason=how.removeprefix("none: "))
    return percentile(spread[name], settings.confidence)
