"""Which figures predicted classes get, and what stands in their legends."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from zoo.evaluation.figures import calibration_plot, classification_plots
from zoo.evaluation.figures.classification_plots import Curve
from zoo.evaluation.figures.style import PALE, SPLIT_STYLE, line_style
from zoo.evaluation.metrics.classification import decide
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results.metric_text import area_text
from zoo.evaluation.results.shown import shown_level

CALIBRATION_MINIMUM = 20  # samples; fewer say nothing in bins


def draw(
    folder: Path,
    views: Mapping[str, Predictions],
    evidence: dict,
    folds: Sequence[Predictions] = (),
) -> dict[str, str]:
    """Draws ROC curves and confusion matrices of every split, calibration of the last.

    Arguments and result as of `by_kind.FIGURES`; folds are thin lines where a ROC
    figure has room for them (two classes).
    """
    level = shown_level(evidence)
    two = evidence["positive_class"] is not None
    drawn = {}
    if two:
        _binary_roc(folder / "roc.png", views, evidence, level, folds)
        drawn["roc.png"] = ""
    for split, view in views.items():
        if not two:
            _class_rocs(folder / f"roc_{split}.png", split, view, evidence, level)
            drawn[f"roc_{split}.png"] = ""
        classification_plots.confusion(
            folder / f"confusion_{split}.png",
            np.array(evidence["splits"][split][level]["confusion"]),
            view.names,
            heading=_heading(split, level, view),
        )
        drawn[f"confusion_{split}.png"] = ""
    name = f"calibration_{split}.png"
    drawn[name] = _calibration(folder / name, split, view, evidence, level)
    return drawn


def _heading(split: str, level: str, view: Predictions) -> str:
    return f"{split.capitalize()}, by {level} (n = {len(view)})"


def _binary_roc(
    path: Path,
    views: Mapping[str, Predictions],
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
    per_class = evidence["splits"][split][level]["per_class"]
    curves = [
        Curve(
            text=f"{name}: "
            + area_text(per_class[name]["auc"], evidence["confidence"]),
            positive=view.label == index,
            scores=view.probabilities[:, index],
            style=line_style(index),
        )
        for index, name in enumerate(view.names)
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
    if len(view.names) == 2:
        happened, stated = view.label == 1, view.probabilities[:, 1]
        event, outcomes = f"class {view.names[1]}", view.names
    else:
        called = decide(view.probabilities)
        happened = view.label == called
        stated = view.probabilities[np.arange(len(view)), called]
        event, outcomes = "the predicted class", ("wrong class", "right class")
    calibration_plot.calibration(
        path,
        happened,
        stated,
        event=event,
        outcomes=outcomes,
        confidence=evidence["confidence"],
        independent=len(set(view.patient_id)) == len(view),
        heading=f"Calibration\n{_heading(split, level, view)}",
        curve=_curve(evidence, split, level),
    )
    return ""


def _curve(evidence: dict, split: str, level: str) -> dict | None:
    """The smooth curve of class 1, of two classes whose calibration is known."""
    content = evidence.get("calibration")
    if content is None or (content["split"], content["level"]) != (split, level):
        return None
    per_class = [*content["before"]["per_class"].values()]
    return per_class[0]["curve"] if len(per_class) == 1 else None
