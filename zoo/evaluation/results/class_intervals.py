"""The intervals of classes' metrics beside the percentile bootstrap's."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from zoo.evaluation.metrics import shares
from zoo.evaluation.metrics.classification import decide
from zoo.evaluation.metrics.clustered import by_patient
from zoo.evaluation.metrics.clustered_auc import newcombe_clustered, obuchowski
from zoo.evaluation.metrics.delong import delong
from zoo.evaluation.metrics.intervals import Interval
from zoo.evaluation.metrics.newcombe import newcombe, separation
from zoo.evaluation.metrics.placements import placements
from zoo.evaluation.predictions.by_patient import mixed_patients, patient_index
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results.entries import interval_fields

_FEW = 10  # patients of a class; below, an interval of several samples is approximate


def add(
    overall: dict, per_class: dict, predictions: Predictions, confidence: float
) -> None:
    """Adds them to the entries of `results.classification.level_of`.

    Args:
        overall: entries by the names in `metrics.classification.OVERALL`.
        per_class: by class, entries by the names in `PER_CLASS`.
    """
    patient = patient_index(predictions)
    several = len(predictions) > patient.max() + 1
    clusters = patient if several else None
    labels = predictions.label
    called = decide(predictions.probabilities)
    everywhere = np.ones(len(labels), bool)
    _share(overall["accuracy"], called == labels, everywhere, clusters, confidence)
    sensitivities, areas = [], []
    for number, entries in enumerate(per_class.values()):
        truly, named = labels == number, called == number
        counted = {
            "sensitivity": (named, truly),
            "specificity": (~named, ~truly),
            "ppv": (truly, named),
            "npv": (~truly, ~named),
            "accuracy": (truly == named, everywhere),
            "f1": (truly & named, truly | named),
        }
        shown = {
            name: _share(entries[name], *rows, clusters, confidence, of_f1=name == "f1")
            for name, rows in counted.items()
        }
        _put_mean(
            entries["balanced_accuracy"],
            [entries["sensitivity"], entries["specificity"]],
            [shown["sensitivity"], shown["specificity"]],
            predictions,
            confidence,
        )
        sensitivities.append(shown["sensitivity"])
        scores = predictions.probabilities[:, number]
        areas.append(_areas(entries["auc"], truly, scores, clusters, confidence))
    _put_mean(
        overall["balanced_accuracy"],
        [entries["sensitivity"] for entries in per_class.values()],
        sensitivities,
        predictions,
        confidence,
    )
    if len(per_class) > 2 and overall["auc"]["value"] is not None:
        values = [entries["auc"]["value"] for entries in per_class.values()]
        correlation = _correlation(predictions, patient)
        _put(overall["auc"], shares.mean_of(values, areas, correlation))


def _put(entry: dict, interval: Interval) -> None:
    """Adds an interval to a metric that has a value."""
    if entry["value"] is not None:
        entry["intervals"][interval.method] = interval_fields(interval)


def _put_mean(
    entry: dict,
    entries: Sequence[dict],
    intervals: Sequence[Interval],
    predictions: Predictions,
    confidence: float,
) -> None:
    """Adds the interval of a mean of proportions, of which each has samples of its own.

    Patients with samples of several classes have a part in more than one: then none.
    """
    values = [proportion["value"] for proportion in entries]
    if None not in values and not mixed_patients(predictions):
        interval = shares.mean_of(values, intervals)
        samples = len(predictions)
        if samples == len(set(predictions.patient_id)):  # else it is in the intervals
            interval = shares.widened(
                interval, entry["value"], samples, len(values), confidence
            )
        _put(entry, interval)


def _share(
    entry: dict,
    right: np.ndarray,
    among: np.ndarray,
    clusters: np.ndarray | None,
    confidence: float,
    *,
    of_f1: bool = False,
) -> Interval:
    """Adds the intervals of `right` among these samples; gives the one that is shown.

    Args:
        right, among: bool `[N]`.
        of_f1: of the F1 that has this proportion as its Jaccard index.
    """
    interval = shares.share(right, among, clusters, confidence)
    if clusters is not None:
        intervals = [_marked(interval, clusters[among])]
    else:
        trials = int(among.sum())
        moved = None
        if trials:
            moved = shares.modified(int((right & among).sum()), trials, confidence)
        intervals = [interval] if moved is None else [interval, moved]
    if of_f1:
        intervals = [shares.f1_from(each) for each in intervals]
    for each in intervals:
        _put(entry, each)
    return intervals[-1]


def _marked(interval: Interval, clusters: np.ndarray | None) -> Interval:
    """Called approximate where it rests on the variance between few patients."""
    if interval.reason or clusters is None or len(np.unique(clusters)) >= _FEW:
        return interval
    few = f"it is of fewer than {_FEW} patients with several samples"
    return dataclasses.replace(interval, approximate=few)


def _areas(
    entry: dict,
    positive: np.ndarray,
    scores: np.ndarray,
    clusters: np.ndarray | None,
    confidence: float,
) -> Interval:
    """Adds the intervals of one class's AUC; gives the one that is shown."""
    if entry["value"] is None:
        return Interval(method="newcombe", reason=entry["reason"])
    area = entry["value"]
    counts = int(positive.sum()), int((~positive).sum())
    if clusters is None:
        shown = newcombe(area, *counts, confidence)
        beside = delong(positive, scores, area, confidence)
    else:
        counts = tuple(len(np.unique(clusters[side])) for side in (positive, ~positive))
        shown = newcombe_clustered(positive, scores, clusters, confidence)
        if min(counts) < _FEW:
            few = f"a class has fewer than {_FEW} patients with several samples"
            shown = dataclasses.replace(shown, approximate=few)
        beside = obuchowski(positive, scores, clusters, confidence)
    _put(entry, shown)
    _put(entry, beside)
    if area == 1:
        _put(entry, separation(*counts, confidence))
    return shown


def _correlation(predictions: Predictions, patient: np.ndarray) -> np.ndarray:
    """Of the classes' AUCs, `[K, K]`, by the placements of DeLong et al. (1988).

    1 where one has no variance: the others' ends are then not drawn in.
    """
    columns = [
        placements(predictions.label == number, column)[1]
        for number, column in enumerate(predictions.probabilities.T)
    ]
    influence = by_patient(np.stack(columns, axis=1), patient)
    products = influence.T @ influence
    errors = np.sqrt(np.diag(products))
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = products / np.outer(errors, errors)
    correlation = np.where(np.isfinite(correlation), correlation, 1.0)
    np.fill_diagonal(correlation, 1.0)
    return correlation
