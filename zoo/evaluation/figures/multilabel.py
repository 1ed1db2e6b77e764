"""The figures of labels that do not exclude each other."""

from collections.abc import Sequence
from pathlib import Path

from zoo.evaluation.figures import classification_plots
from zoo.evaluation.figures.classification import (
    CALIBRATION_MINIMUM,
    area_text,
    file_words,
    shown_level,
)
from zoo.evaluation.figures.classification_plots import Curve
from zoo.evaluation.figures.style import line_style
from zoo.evaluation.predictions.columns import Columns, of_split
from zoo.evaluation.predictions.columns_by_patient import by_patient
from zoo.evaluation.results.multilabel import alone


def draw(
    folder: Path, found: Columns, evidence: dict, folds: Sequence[Columns] = ()
) -> dict[str, str]:
    """Draws the ROC curves of every split, and each label's calibration in the last.

    Arguments and result as of `portfolio.draw`; folds have no lines of their own.
    """
    level = shown_level(evidence)
    drawn = {}
    for split in evidence["splits"]:
        view = of_split(found, split)
        view = by_patient(view) if level == "patient" else view
        heading = f"{split.capitalize()}, by {level} (n = {len(view)})"
        per_label = evidence["splits"][split][level]["per_label"]
        _roc(folder / f"roc_{split}.png", view, per_label, evidence, heading)
        drawn[f"roc_{split}.png"] = ""
    for column, label in enumerate(found.names):
        name = f"calibration_{split}_{file_words(column, label)}.png"
        drawn[name] = _calibration(folder / name, view, column, evidence, heading)
    return drawn


def _roc(
    path: Path, view: Columns, per_label: dict, evidence: dict, heading: str
) -> None:
    curves = []
    for column, label in enumerate(view.names):
        one, area = alone(view, column), per_label[label]["auc"]
        curves.append(
            Curve(
                text=f"{label}: {area_text(area, evidence['confidence'])}",
                positive=one.label == 1,
                scores=one.probabilities[:, 1],
                style=line_style(column),
            )
        )
    classification_plots.roc(path, curves, heading=f"ROC of each label\n{heading}")


def _calibration(
    path: Path, view: Columns, column: int, evidence: dict, heading: str
) -> str:
    """The reason if it was not drawn."""
    one, label = alone(view, column), view.names[column]
    if len(one) < CALIBRATION_MINIMUM:
        return f"fewer than {CALIBRATION_MINIMUM} know it"
    classification_plots.calibration(
        path,
        one.label == 1,
        one.probabilities[:, 1],
        event=label,
        outcomes=(f"without {label}", f"with {label}"),
        confidence=evidence["confidence"],
        independent=len(set(one.patient_id)) == len(one),
        heading=f"Calibration of {label}\n{heading}",
    )
    return ""
