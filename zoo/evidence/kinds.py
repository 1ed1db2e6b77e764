"""What every kind of target has of its own: its file, its metrics, how it is shown."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.target import Target
from zoo.evidence import (
    class_text,
    column_patients,
    columns,
    grade_judgement,
    grade_text,
    judgement,
    label_judgement,
    label_portfolio,
    label_text,
    metrics,
    number_judgement,
    number_portfolio,
    number_text,
    patients,
    portfolio,
    predictions,
    tables,
)
from zoo.evidence.columns import Columns
from zoo.evidence.judgement import Settings
from zoo.evidence.metrics import Measure
from zoo.evidence.predictions import Predictions

Found = Predictions | Columns


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
    return predictions.read(path, None if target is None else target.classes)


def _read_grades(path: Path, target: Target) -> Predictions:
    return dataclasses.replace(_read_classes(path, target), ordered=True)


def _described_classes(found: Predictions) -> dict:
    two = len(found.classes) == 2
    return {
        "classes": list(found.classes),
        "positive_class": found.classes[1] if two else None,
    }


def _class_values(found: Predictions) -> dict[str, Measure]:
    return metrics.measure(found.label, found.probabilities, found.classes).overall


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
    write=predictions.write,
    of_split=predictions.of_split,
    join=predictions.join,
    by_patient=patients.by_patient,
    described=_described_classes,
    judge=judgement.judge,
    values=_class_values,
    draw=portfolio.draw,
    overall=class_text.overall,
    details=class_text.details,
    missing=class_text.missing,
    headline=lambda level: ("AUC", level["auc"]),
)
GRADES = dataclasses.replace(
    CLASSES,
    read=_read_grades,
    described=lambda found: {"kind": "ordinal", **_described_classes(found)},
    judge=grade_judgement.judge,
    values=grade_judgement.measures,
    overall=grade_text.overall,
    missing=grade_text.missing,
    headline=lambda level: ("Quadratic kappa", level["quadratic_kappa"]),
)
LABELS = Kind(
    read=_read_labels,
    write=columns.write,
    of_split=columns.of_split,
    join=columns.join,
    by_patient=column_patients.by_patient,
    described=lambda found: {"kind": "multilabel", "labels": list(found.names)},
    judge=label_judgement.judge,
    values=label_judgement.measures,
    draw=label_portfolio.draw,
    overall=label_text.overall,
    details=label_text.details,
    missing=label_text.missing,
    headline=lambda level: ("mean AUC of the labels", level["auc"]),
)
NUMBERS = dataclasses.replace(
    LABELS,
    read=_read_numbers,
    described=lambda found: {"kind": "regression", "columns": list(found.names)},
    judge=number_judgement.judge,
    values=number_judgement.measures,
    draw=number_portfolio.draw,
    overall=number_text.overall,
    details=number_text.details,
    missing=number_text.missing,
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


def of(found: Found) -> Kind:
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
    header, _ = predictions.rows.read_table(path)
    starts = {name.partition(":")[0] for name in header}
    if "pred" in starts:
        return NUMBERS
    return LABELS if "target" in starts else CLASSES
