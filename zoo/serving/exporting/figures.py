"""What is known of how good a served model is, in the words of who was judged."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from zoo.evaluation.results.shown import shown_level
from zoo.runs import json_objects
from zoo.runs.cross_validation import CrossValidation
from zoo.runs.run import Run

_OF_RUN = "figures of the run, in float32"
_OF_FOLDS = "out-of-fold figures of the members, each judged by patients it never saw"
_OF_ENSEMBLE = "figures of the ensemble, in float32"
_OF_MEAN = "figures of the mean of all members, on the patients set aside"


def of_run(run: Run) -> dict[str, Any]:
    """The metrics of a run's validation and test split, where it has been judged."""
    return _judged(run.metrics_path, _OF_RUN)


def of_folds(validation: CrossValidation) -> dict[str, Any]:
    """Those of the members, and of their mean only what a hold-out set says.

    Nobody else has judged the mean: every patient outside the hold-out trained most of
    its members.
    """
    figures = {"members": _judged(validation.summary_path / "metrics.json", _OF_FOLDS)}
    held_out = validation.holdout_path / "metrics.json"
    return figures | {"mean": _judged(held_out, _OF_MEAN)}


def of_ensemble(path: str | os.PathLike) -> dict[str, Any]:
    """Those of an ensemble, and what is known of its gain over its best member."""
    metrics = Path(path) / "metrics.json"
    figures = _judged(metrics, _OF_ENSEMBLE)
    if not figures["metrics"]:
        return figures
    own = json_objects.read(metrics)["ensemble"]
    gain = {key: own[key] for key in ("gain", "conclusion") if key in own}
    return figures | {"over_best_member": gain}


def trained_on(run: Run) -> dict[str, Any]:
    """How many samples and patients a run was trained on, where it has been judged.

    `classes` has the samples of each class, where there are classes.
    """
    path = run.metrics_path
    splits = json_objects.read(path).get("splits", {}) if path.is_file() else {}
    if "train" not in splits:
        return {}
    counts = splits["train"]["sample"]
    known = {key: counts[key] for key in ("samples", "patients")}
    if "samples_per_class" in counts:
        known["classes"] = counts["samples_per_class"]
    return known


def any_metrics(figures: Mapping[str, Any]) -> bool:
    """Whether something is known at all."""
    parts = [figures, figures.get("members", {}), figures.get("mean", {})]
    return any(part.get("metrics") for part in parts)


def _judged(path: Path, what: str) -> dict[str, Any]:
    """By target ("" = the main one) and split the overall metrics with intervals."""
    evidence = json_objects.read(path) if path.is_file() else {}
    targets = {"": evidence, **evidence.get("further_targets", {})}
    metrics = {
        name: dict(_of_splits(target))
        for name, target in targets.items()
        if "splits" in target
    }
    if not metrics:
        return {"of": what, "metrics": {}, "note": "not judged"}
    figures = {"of": what, "confidence": evidence["confidence"], "metrics": metrics}
    if "split_by" in evidence:
        figures["split_by"] = evidence["split_by"]
    if "seen_patients" in evidence:
        figures["seen_patients"] = evidence["seen_patients"]
    return figures


def _of_splits(target: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    level = shown_level(target)
    for name, split in target["splits"].items():
        if name == "train":
            continue
        of_level = split[level]
        counts = {key: of_level[key] for key in ("samples", "patients")}
        yield name, {"by": level, **counts, **dict(_metrics(of_level))}


def _metrics(of_level: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The overall ones alone: what stands below a class or a column stays out."""
    for name, entry in of_level.items():
        if isinstance(entry, dict) and "value" in entry:
            yield name, entry
