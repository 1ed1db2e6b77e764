"""Which figures predicted classes get, and what stands in their legends."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from zoo.evaluation.figures import calibration_plot, classification_plots
from zoo.evaluation.figures.curve_plots import PANEL_STYLE, TOGETHER, Curve
from zoo.evaluation.figures.curves import CURVES, note, panel_text, score_text
from zoo.evaluation.figures.style import PALE, SPLIT_STYLE, line_style
from zoo.evaluation.metrics.classification import decide
from zoo.evaluation.metrics.roc_band import Band, roc_band
from zoo.evaluation.predictions.by_patient import patient_index
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results.shown import shown_level

CALIBRATION_MINIMUM = 20  # samples; fewer say nothing in bins


def draw(
    folder: Path,
    views: Mapping[str, Predictions],
    evidence: dict,
    folds: Sequence[Predictions] = (),
) -> dict[str, str]:
    """Draws curves and confusion matrices of every split, calibration of the last.

    Arguments and result as of `by_kind.FIGURES`; folds are thin lines where a ROC
    figure has room for them (two classes).
    """
    level = shown_level(evidence)
    positive = evidence["positive_class"]
    drawn = {}
    for start, (metric, plot, title) in CURVES.items():
        if positive is not None:
            name = f"{start}.png"
            curves = _binary(views, evidence, level, metric, folds)
            heading = f"{title} of class {positive}, by {level}"
            below = note(metric, evidence["confidence"])
            plot(folder / name, curves, heading=heading, note=below)
            drawn[name] = ""
    for split, view in views.items():
        for start, (metric, plot, title) in CURVES.items():
            if positive is None:
                name = f"{start}_{split}.png"
                curves = _of_classes(split, view, evidence, level, metric)
                heading = f"{title} of each class against the rest"
                heading += f"\n{_heading(split, level, view)}"
                below = note(metric, evidence["confidence"])
                plot(folder / name, curves, heading=heading, note=below)
                drawn[name] = ""
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


def _binary(
    views: Mapping[str, Predictions],
    evidence: dict,
    level: str,
    metric: str,
    folds: Sequence[Predictions],
) -> list[Curve]:
    """A curve for every split, the band for the last; folds are thin lines."""
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
    positive = evidence["positive_class"]
    for split, view in views.items():
        entry = evidence["splits"][split][level][metric]
        name = f"{split}, pooled" if folds else split
        counts = f"{int((view.label == 1).sum())} {positive} of {len(view)}"
        last = split == [*views][-1]
        curves.append(
            Curve(
                text=f"{name} ({counts}): "
                + score_text(entry, metric, evidence["confidence"]),
                positive=view.label == 1,
                scores=view.probabilities[:, 1],
                style=SPLIT_STYLE[split],
                band=_band(view, 1, evidence) if last and metric == "auc" else None,
            )
        )
    return curves


def _of_classes(
    split: str, view: Predictions, evidence: dict, level: str, metric: str
) -> list[Curve]:
    """A curve for every class against the rest, with its band."""
    per_class = evidence["splits"][split][level]["per_class"]
    many = len(view.names) > TOGETHER
    curves = []
    for index, name in enumerate(view.names):
        entry, count = per_class[name][metric], int((view.label == index).sum())
        text = score_text(entry, metric, evidence["confidence"])
        curves.append(
            Curve(
                text=f"{name} ({count} of {len(view)}): {text}",
                name=name,
                detail=panel_text(entry, metric, f"n = {count}"),
                positive=view.label == index,
                scores=view.probabilities[:, index],
                style=PANEL_STYLE if many else line_style(index),
                band=_band(view, index, evidence) if metric == "auc" else None,
            )
        )
    return curves


def _band(view: Predictions, index: int, evidence: dict) -> Band | None:
    return roc_band(
        view.label == index,
        view.probabilities[:, index],
        patient_index(view),
        confidence=evidence["confidence"],
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
