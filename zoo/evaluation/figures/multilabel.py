"""The figures of labels that do not exclude each other."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from zoo.evaluation.figures import calibration_plot
from zoo.evaluation.figures.classification import CALIBRATION_MINIMUM
from zoo.evaluation.figures.curve_plots import PANEL_STYLE, TOGETHER, Curve
from zoo.evaluation.figures.curves import CURVES, note, panel_text, score_text
from zoo.evaluation.figures.style import file_words, line_style
from zoo.evaluation.metrics.roc_band import roc_band
from zoo.evaluation.predictions.by_patient import patient_index
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results.multilabel import single_label
from zoo.evaluation.results.shown import shown_level


def draw(
    folder: Path,
    views: Mapping[str, Predictions],
    evidence: dict,
    folds: Sequence[Predictions] = (),
) -> dict[str, str]:
    """Draws the curves of every split, and each label's calibration in the last.

    Arguments and result as of `by_kind.FIGURES`; folds have no lines of their own.
    """
    level = shown_level(evidence)
    drawn = {}
    for split, view in views.items():
        heading = f"{split.capitalize()}, by {level} (n = {len(view)})"
        per_label = evidence["splits"][split][level]["per_label"]
        for start, (metric, plot, title) in CURVES.items():
            name = f"{start}_{split}.png"
            curves = _curves(view, per_label, metric, evidence["confidence"])
            plot(
                folder / name,
                curves,
                heading=f"{title} of each label\n{heading}",
                note=note(metric, evidence["confidence"]),
            )
            drawn[name] = ""
    for column, label in enumerate(view.names):
        name = f"calibration_{split}_{file_words(column, label)}.png"
        drawn[name] = _calibration(folder / name, view, column, evidence, heading)
    return drawn


def _curves(
    view: Predictions, per_label: dict, metric: str, confidence: float
) -> list[Curve]:
    """A curve for every label, of the samples that know it."""
    many = len(view.names) > TOGETHER
    curves = []
    for column, label in enumerate(view.names):
        predicted, entries = single_label(view, column), per_label[label]
        positive = predicted.label == 1
        counts = f"{entries['with']} of {entries['known']}"
        band = None
        if metric == "auc" and len(predicted):
            band = roc_band(
                positive,
                predicted.probabilities[:, 1],
                patient_index(predicted),
                confidence=confidence,
            )
        text = score_text(entries[metric], metric, confidence)
        curves.append(
            Curve(
                text=f"{label} ({counts}): {text}",
                name=label,
                detail=panel_text(entries[metric], metric, f"n = {counts}"),
                positive=positive,
                scores=predicted.probabilities[:, 1],
                style=PANEL_STYLE if many else line_style(column),
                band=band,
            )
        )
    return curves


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
        heading=f"Calibration of {label}\n{heading.partition(' (')[0]} "
        f"(n = {len(predicted)})",
    )
    return ""
