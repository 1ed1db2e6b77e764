"""What every kind of target has of its own: its file, its metrics, how it is shown."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.tasks.target import Target
from zoo.evaluation.figures import classification as classification_figures
from zoo.evaluation.figures import multilabel as multilabel_figures
from zoo.evaluation.figures import regression as regression_figures
from zoo.evaluation.metrics import classification as classification_metrics
from zoo.evaluation.metrics.classification import Measure
from zoo.evaluation.predictions import by_patient as class_patients
from zoo.evaluation.predictions import classes as class_predictions
from zoo.evaluation.predictions import columns, columns_by_patient
from zoo.evaluation.predictions.classes import Predictions
from zoo.evaluation.predictions.columns import Columns
from zoo.evaluation.results import classification as classification_results
from zoo.evaluation.results import multilabel as multilabel_results
from zoo.evaluation.results import ordinal as ordinal_results
from zoo.evaluation.results import regression as regression_results
from zoo.evaluation.results.classification import Settings
from zoo.evaluation.tables import classification as classification_tables
from zoo.evaluation.tables import multilabel as multilabel_tables
from zoo.evaluation.tables import ordinal as ordinal_tables
from zoo.evaluation.tables import regression as regression_tables
from zoo.evaluation.tables import tables

AnyPredictions = Predictions | Columns


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Functions on the predictions of one kind of target, and on their evidence.

    Args:
        read: from a file; with a target strictly its classes or columns.
        write: to a file.
        of_split, join, by_patient: of predictions.
        described: what metrics.json says of them in general.
        judge: the evidence on one split.
        values: what a fold's row says of it, by metric.
        draw: the figures; see `portfolio.draw`.
        overall, details: tables of the evidence.
        missing: why numbers of a level are missing.
        show: a number for the terminal.
        regression: what stands beside the network where there are covariates.
        headline: the first metric to look at: its title, and where it stands.
    """

    read: Callable[[Path, Target | None], Any]
    write: Callable[[Path, Any], None]
    of_split: Callable[[Any, str], Any]
    join: Callable
    by_patient: Callable
    described: Callable[[Any], dict]
    judge: Callable[[Any, Settings], dict]
    values: Callable[[Any], dict[str, Measure]]
    draw: Callable[..., dict[str, str]]
    overall: Callable[[dict, str], str]
    details: Callable[[dict], list[str]]
    missing: Callable[[dict], list[str]]
    show: Callable[[float], str] = tables.decimals
    regression: str = "logistic regression"
    headline: Callable[[dict], tuple[str, dict]]


def _read_classes(path: Path, target: Target | None) -> Predictions:
    return class_predictions.read(path, None if target is None else target.classes)


def _read_grades(path: Path, target: Target) -> Predictions:
    return dataclasses.replace(_read_classes(path, target), ordered=True)


def _described_classes(found: Predictions) -> dict:
    two = len(found.classes) == 2
    return {
        "classes": list(found.classes),
        "positive_class": found.classes[1] if two else None,
    }


def _class_values(found: Predictions) -> dict[str, Measure]:
    return classification_metrics.measure(
        found.label, found.probabilities, found.classes
    ).overall


def _read_labels(path: Path, target: Target | None) -> Columns:
    names = None if target is None else target.classes
    return columns.read(path, columns.LABELS, names)


def _read_numbers(path: Path, target: Target | None) -> Columns:
    names = None if target is None else target.columns
    return columns.read(path, columns.NUMBERS, names)


def _number_headline(level: dict) -> tuple[str, dict]:
    name, entries = next(iter(level["per_column"].items()))
    return f"Mean absolute error of {name}", entries["mae"]


CLASSES = Kind(
    read=_read_classes,
    write=class_predictions.write,
    of_split=class_predictions.of_split,
    join=class_predictions.join,
    by_patient=class_patients.by_patient,
    described=_described_classes,
    judge=classification_results.judge,
    values=_class_values,
    draw=classification_figures.draw,
    overall=classification_tables.overall,
    details=classification_tables.details,
    missing=classification_tables.missing,
    headline=lambda level: ("AUC", level["auc"]),
)
GRADES = dataclasses.replace(
    CLASSES,
    read=_read_grades,
    described=lambda found: {"kind": "ordinal", **_described_classes(found)},
    judge=ordinal_results.judge,
    values=ordinal_results.measures,
    overall=ordinal_tables.overall,
    missing=ordinal_tables.missing,
    headline=lambda level: ("Quadratic kappa", level["quadratic_kappa"]),
)
LABELS = Kind(
    read=_read_labels,
    write=columns.write,
    of_split=columns.of_split,
    join=columns.join,
    by_patient=columns_by_patient.by_patient,
    described=lambda found: {"kind": "multilabel", "labels": list(found.names)},
    judge=multilabel_results.judge,
    values=multilabel_results.measures,
    draw=multilabel_figures.draw,
    overall=multilabel_tables.overall,
    details=multilabel_tables.details,
    missing=multilabel_tables.missing,
    headline=lambda level: ("mean AUC of the labels", level["auc"]),
)
NUMBERS = dataclasses.replace(
    LABELS,
    read=_read_numbers,
    described=lambda found: {"kind": "regression", "columns": list(found.names)},
    judge=regression_results.judge,
    values=regression_results.measures,
    draw=regression_figures.draw,
    overall=regression_tables.overall,
    details=regression_tables.details,
    missing=regression_tables.missing,
    show=tables.significant,
    regression="linear regression",
    headline=_number_headline,
)
KINDS = {
    "classification": CLASSES,
    "ordinal": GRADES,
    "multilabel": LABELS,
    "regression": NUMBERS,
}


def of(found: AnyPredictions) -> Kind:
    """The kind of predictions."""
    if isinstance(found, Predictions):
        return GRADES if found.ordered else CLASSES
    return NUMBERS if "pred" in found.answers else LABELS


def of_evidence(evidence: dict) -> Kind:
    """The kind of target that evidence is on."""
    return KINDS[evidence.get("kind", "classification")]


def of_file(path: Path) -> Kind:
    """The kind of a file from elsewhere, by its header.

    Raises:
        DataError: no CSV file.
    """
    header, _ = class_predictions.prediction_table.read_table(path)
    starts = {name.partition(":")[0] for name in header}
    if "pred" in starts:
        return NUMBERS
    return LABELS if "target" in starts else CLASSES
