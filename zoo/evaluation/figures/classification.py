"""Which figures a set of predictions gets, and what stands in their legends."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from zoo.evaluation.figures import classification_plots
from zoo.evaluation.figures.classification_plots import Curve
from zoo.evaluation.figures.style import PALE, SPLIT_STYLE, line_style
from zoo.evaluation.metrics.classification import decide
from zoo.evaluation.predictions.by_patient import by_patient
from zoo.evaluation.predictions.classes import Predictions, of_split
from zoo.evaluation.predictions.table import SPLITS
from zoo.evaluation.results.classification import preferred
from zoo.evaluation.tables import tables

CALIBRATION_MINIMUM = 20  # samples; fewer say nothing in bins


def shown_level(evidence: dict) -> str:
    """The level that tables and figures show: patients, where all splits have them."""
    defined = all(split["patient"]["defined"] for split in evidence["splits"].values())
    return "patient" if defined else "sample"


def at_level(predictions: Predictions, level: str) -> Predictions:
    """The predictions by patient or, as they are, by sample."""
    return by_patient(predictions) if level == "patient" else predictions


def draw(
    folder: Path,
    predictions: Predictions,
    evidence: dict,
    folds: Sequence[Predictions] = (),
) -> dict[str, str]:
    """Draws ROC curves and confusion matrices of every split, calibration of the last.

    Args:
        folder: where the PNG files go; it exists.
        evidence: what `report.evidence` says of `predictions`.
        folds: parts of a pooled test split, drawn as thin lines where a ROC figure
            has room for them (two classes).
    Returns:
        file name -> "" or the reason why it was not drawn.
    """
    level = shown_level(evidence)
    views = {
        split: at_level(of_split(predictions, split), level)
        for split in SPLITS
        if split in evidence["splits"]
    }
    drawn = {}
    if len(predictions.classes) == 2:
        parts = [at_level(fold, level) for fold in folds]
        _binary_roc(folder / "roc.png", views, evidence, level, parts)
        drawn["roc.png"] = ""
    for split, view in views.items():
        if len(predictions.classes) > 2:
            _class_rocs(folder / f"roc_{split}.png", split, view, evidence, level)
            drawn[f"roc_{split}.png"] = ""
        classification_plots.confusion(
            folder / f"confusion_{split}.png",
            np.array(evidence["splits"][split][level]["confusion"]),
            view.classes,
            heading=_heading(split, level, view),
        )
        drawn[f"confusion_{split}.png"] = ""
    name = f"calibration_{split}.png"
    drawn[name] = _calibration(folder / name, split, view, evidence, level)
    return drawn


def file_words(place: int, name: str) -> str:
    """Number and name of a label or column, as a file name may have them."""
    words = re.sub(r"\W+", "_", name)
    return f"{place + 1}_{words}"


def _heading(split: str, level: str, view: Predictions) -> str:
    return f"{split.capitalize()}, by {level} (n = {len(view)})"


def area_text(entry: dict, confidence: float) -> str:
    """The AUC for a legend, e.g. `AUC 0.912 (95% CI 0.881–0.943)`."""
    if entry["value"] is None:
        return f"AUC not defined ({entry['reason']})"
    if preferred(entry) is None:
        return f"AUC {entry['value']:.3f} (no interval)"
    return f"AUC {tables.cell(entry, confidence=confidence)}"


def _binary_roc(
    path: Path,
    views: dict[str, Predictions],
    evidence: dict,
    level: str,
    folds: Sequence[Predictions],
) -> None:
    curves = [
        Curve(
            text=f"single folds ({len(folds)})" if number == 0 else "",
            positive=fold.label == 1,
            scores=fold.probabilities[:, 1],
            style=(PALE, "-"),
            width=0.9,
        )
        for number, fold in enumerate(folds)
    ]
    for split, view in views.items():
        entry = evidence["splits"][split][level]["auc"]
        name = f"{split}, pooled" if folds else split
        curves.append(
            Curve(
                text=f"{name} (n = {len(view)}): "
                + area_text(entry, evidence["confidence"]),
                positive=view.label == 1,
                scores=view.probabilities[:, 1],
                style=SPLIT_STYLE[split],
            )
        )
    positive = evidence["positive_class"]
    classification_plots.roc(
        path,
        curves,
        heading=f"ROC of class {positive}, by {level}",
    )


def _class_rocs(
    path: Path, split: str, view: Predictions, evidence: dict, level: str
) -> None:
    found = evidence["splits"][split][level]
    curves = [
        Curve(
            text=f"{name}: "
            + area_text(found["per_class"][name]["auc"], evidence["confidence"]),
            positive=view.label == index,
            scores=view.probabilities[:, index],
            style=line_style(index),
        )
        for index, name in enumerate(view.classes)
    ]
    classification_plots.roc(
        path,
        curves,
        heading=f"ROC of each class against the rest\n{_heading(split, level, view)}",
    )


def _calibration(
    path: Path, split: str, view: Predictions, evidence: dict, level: str
) -> str:
    """Of class 1, or of more classes of the predicted one; the reason if not drawn."""
    if len(view) < CALIBRATION_MINIMUM:
        return f"fewer than {CALIBRATION_MINIMUM} in the {split} split by {level}"
    if len(view.classes) == 2:
        happened, stated = view.label == 1, view.probabilities[:, 1]
        event, outcomes = f"class {view.classes[1]}", view.classes
    else:
        called = decide(view.probabilities)
        happened = view.label == called
        stated = view.probabilities[np.arange(len(view)), called]
        event, outcomes = "the predicted class", ("wrong class", "right class")
    classification_plots.calibration(
        path,
        happened,
        stated,
        event=event,
        outcomes=outcomes,
        confidence=evidence["confidence"],
        independent=len(set(view.patient_id)) == len(view),
        heading=f"Calibration\n{_heading(split, level, view)}",
    )
    return ""
