"""The figures of labels that do not exclude each other."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from zoo.evaluation.figures import calibration_plot, classification_plots
from zoo.evaluation.figures.classification import CALIBRATION_MINIMUM
from zoo.evaluation.figures.classification_plots import Curve
from zoo.evaluation.figures.style import file_words, line_style
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results.metric_text import area_text
from zoo.evaluation.results.multilabel import single_label
from zoo.evaluation.results.shown import shown_level


def draw(
    folder: Path,
    views: Mapping[str, Predictions],
    evidence: dict,
    folds: Sequence[Predictions] = (),
) -> dict[str, str]:
    """Draws the ROC curves of every split, and each label's calibration in the last.

    Arguments and result as of `by_kind.FIGURES`; folds have no lines of their own.
    """
    level = shown_level(evidence)
    drawn = {}
    for split, view in views.items():
        heading = f"{split.capitalize()}, by {level} (n = {len(view)})"
        per_label = evidence["splits"][split][level]["per_label"]
        _roc(folder / f"roc_{split}.png", view, per_label, evidence, heading)
        drawn[f"roc_{split}.png"] = ""
    for column, label in enumerate(view.names):
        name = f"calibration_{split}_{file_words(column, label)}.png"
        drawn[name] = _calibration(folder / name, view, column, evidence, heading)
    return drawn


def _roc(
    path: Path, view: Predictions, per_label: dict, evidence: dict, heading: str
) -> None:
    curves = []
    for column, label in enumerate(view.names):
        predicted, area = single_label(view, column), per_label[label]["auc"]
        curves.append(
            Curve(
                text=f"{label}: {area_text(area, evidence['confidence'])}",
                positive=predicted.label == 1,
                scores=predicted.probabilities[:, 1],
                style=line_style(column),
            )
        )
    classification_plots.roc(path, curves, heading=f"ROC of each label\n{heading}")


def _calibration(
    path: Path, view: Predictions, column: int, evidence: dict, heading: str
) -> str:
    """The reason if it was not drawn."""
    predicted, label = single_label(view, column), view.names[column]
    if len(predicted) < CALIBRATION_MINIMUM:
        return f"fewer than {CALIBRATION_MINIMUM} know it"
    calibration_plot.calibration(
        path,
        predicted.label == 1,
        predicted.probabilities[:, 1],
        event=label,
        outcomes=(f"without {label}", f"with {label}"),
        confidence=evidence["confidence"],
        independent=len(set(predicted.patient_id)) == len(predicted),
        heading=f"Calibration of {label}\n{heading}",
    )
    return ""
