"""The verdict on one split: every metric with its intervals, ready for JSON."""

import math
from dataclasses import dataclass

import numpy as np

from pipelines.errors import UsageError
from zoo.evaluation.metrics import classification as classification_metrics
from zoo.evaluation.metrics.bootstrap import resampled
from zoo.evaluation.metrics.classification_resampled import Replicates
from zoo.evaluation.metrics.delong import delong
from zoo.evaluation.metrics.intervals import Interval, percentile, wilson
from zoo.evaluation.predictions.by_patient import (
    by_patient,
    judged_by_level,
    mixed_patients,
    patient_index,
)
from zoo.evaluation.predictions.classes import Predictions

LEVELS = ("patient", "sample")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How intervals are computed.

    Args:
        confidence: level of all intervals.
        bootstrap: resamples of patients.
        seed: of the resampling.
    """

    confidence: float = 0.95
    bootstrap: int = 2000
    seed: int = 0

    def __post_init__(self):
        if not 0 < self.confidence < 1 or self.bootstrap < 1 or self.seed < 0:
            raise UsageError(
                "confidence is between 0 and 1, bootstrap 1 or more, seed 0 or more. "
                f"Received: {self.confidence}, {self.bootstrap}, {self.seed}"
            )


def judge(predictions: Predictions, settings: Settings) -> dict:
    """The metrics of one split, `{"patient": level, "sample": level}`.

    A level is `{"defined": false, "reason": ...}` or as `report.write` describes it.
    """
    return judged_by_level(
        predictions,
        lambda rows: level(rows, settings),
        by_patient=by_patient,
        mixed=mixed_patients(predictions),
        what="classes",
    )


def preferred(entry: dict) -> dict | None:
    """The interval to show for one metric: DeLong's, Wilson's, else the bootstrap's.

    Args:
        entry: one metric as `judge` writes it.
    Returns:
        `{"low", "high", ...}`, or none where no interval is defined.
    """
    for method in ("delong", "wilson", "bootstrap"):
        interval = entry["intervals"].get(method)
        if interval is not None and interval["low"] is not None:
            return interval
    return None


def level(predictions: Predictions, settings: Settings) -> dict:
    """All metrics of the rows as they are, see `report.write`."""
    labels, probabilities = predictions.label, predictions.probabilities
    found = classification_metrics.measure(labels, probabilities, predictions.classes)
    replicates, how = _replicates(predictions, settings)
    independent = len(set(predictions.patient_id)) == len(predictions)
    overall = {
        name: entry_of(measure, _spread(replicates, how, "overall", name, 0, settings))
        for name, measure in found.overall.items()
    }
    per_class = {
        title: {
            name: entry_of(
                measure, _spread(replicates, how, "per_class", name, c, settings)
            )
            for name, measure in found.per_class[c].items()
        }
        for c, title in enumerate(predictions.classes)
    }
    if independent:
        _add_wilson(overall, per_class, found.confusion, settings.confidence)
    _add_delong(per_class, predictions, independent, settings.confidence)
    if len(predictions.classes) == 2:
        overall["auc"] = per_class[predictions.classes[1]]["auc"]
    return {
        "defined": True,
        "samples": len(predictions),
        "patients": len(set(predictions.patient_id)),
        "samples_per_class": dict(
            zip(predictions.classes, found.confusion.sum(axis=1).tolist())
        ),
        "resampling": how,
        **overall,
        "per_class": per_class,
        "confusion": found.confusion.tolist(),
    }


def _replicates(
    predictions: Predictions, settings: Settings
) -> tuple[Replicates | None, str]:
    """Resampled metrics and how they were drawn, or none and why not."""
    patient = patient_index(predictions)
    stratum, how = strata(predictions)
    if stratum is None:
        return None, how
    replicates = resampled(
        predictions.label,
        predictions.probabilities,
        patient,
        stratum=stratum,
        resamples=settings.bootstrap,
        seed=settings.seed,
    )
    return replicates, how


def strata(predictions: Predictions) -> tuple[np.ndarray | None, str]:
    """The stratum of each patient `[P]` and how they are drawn, or none and why not.

    Strata are the patients' classes. Where a patient has samples of several classes
    there are no such strata and patients are drawn from all alike.
    """
    patient = patient_index(predictions)
    stratum = np.zeros(patient.max() + 1, dtype=np.int64)
    how = "patients"
    if not mixed_patients(predictions):
        stratum[patient] = predictions.label
        how = "patients within classes"
    names, sizes = np.unique(stratum, return_counts=True)
    if sizes.min() < 2:
        alone = predictions.classes[names[np.argmin(sizes)]]
        who = f"class {alone} has" if "within" in how else "there is"
        return None, f"none: {who} only one patient"
    return stratum, how


def _spread(
    replicates: Replicates | None,
    how: str,
    where: str,
    name: str,
    column: int,
    settings: Settings,
) -> Interval:
    if replicates is None:
        return Interval(method="bootstrap", reason=how.removeprefix("none: "))
    values = getattr(replicates, where)[name]
    values = values if values.ndim == 1 else values[:, column]
    return percentile(values, settings.confidence)


def entry_of(measure: classification_metrics.Measure, interval: Interval) -> dict:
    """A metric as it stands in JSON: its value and interval, or why there is none."""
    if math.isnan(measure.value):
        return {"value": None, "reason": measure.reason, "intervals": {}}
    return {
        "value": measure.value,
        "intervals": {interval.method: interval_fields(interval)},
    }


def interval_fields(interval: Interval) -> dict:
    """An interval as it stands in JSON: null ends come with the reason."""
    if interval.reason:
        return {"low": None, "high": None, "reason": interval.reason}
    fields = {"low": interval.low, "high": interval.high}
    if interval.undefined:
        fields["undefined_resamples"] = interval.undefined
    return fields


def _add_wilson(
    overall: dict, per_class: dict, confusion: np.ndarray, confidence: float
) -> None:
    """Intervals of the proportions; only where every patient counts once."""
    total, right = int(confusion.sum()), int(np.trace(confusion))
    trials = [(overall["accuracy"], right, total)]
    for c, entries in enumerate(per_class.values()):
        tp, truly = int(confusion[c, c]), int(confusion[c].sum())
        called = int(confusion[:, c].sum())
        tn = total - truly - called + tp
        trials += [
            (entries["sensitivity"], tp, truly),
            (entries["specificity"], tn, total - truly),
            (entries["ppv"], tp, called),
            (entries["npv"], tn, total - called),
        ]
    for entry, successes, count in trials:
        if entry["value"] is not None:
            interval = wilson(successes, count, confidence)
            entry["intervals"]["wilson"] = interval_fields(interval)


def _add_delong(
    per_class: dict, predictions: Predictions, independent: bool, confidence: float
) -> None:
    """Intervals of each class's AUC; only where every patient counts once."""
    for c, entries in enumerate(per_class.values()):
        entry = entries["auc"]
        if entry["value"] is None:
            continue
        if independent:
            scores = predictions.probabilities[:, c]
            interval = delong(
                predictions.label == c, scores, entry["value"], confidence
            )
        else:
            interval = Interval(method="delong", reason="a patient has several samples")
        entry["intervals"]["delong"] = interval_fields(interval)
