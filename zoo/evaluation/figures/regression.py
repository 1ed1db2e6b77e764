"""The figures of predicted numbers: scatter and Bland-Altman."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from zoo.evaluation.figures import regression_plots
from zoo.evaluation.figures.regression_plots import Limits, unit
from zoo.evaluation.figures.style import file_words
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.results.metric_text import cell, decimals, significant, title
from zoo.evaluation.results.regression import known
from zoo.evaluation.results.shown import shown_level

_SHOWN = {"mae": significant, "r2": decimals, "ccc": decimals}


def draw(
    folder: Path,
    views: Mapping[str, Predictions],
    evidence: dict,
    folds: Sequence[Predictions] = (),
) -> dict[str, str]:
    """Draws predicted against true numbers of every split, and their differences.

    Arguments and result as of `by_kind.FIGURES`; folds have no points of their own.
    """
    level = shown_level(evidence)
    drawn = {}
    for split, view in views.items():
        for column, name in enumerate(view.names):
            end = f"_{file_words(column, name)}" if len(view.names) > 1 else ""
            entries = evidence["splits"][split][level]["per_column"][name]
            heading = f"{split.capitalize()}, by {level} (n = {entries['known']})"
            drawn |= _column(
                folder,
                split + end,
                view,
                column,
                entries,
                confidence=evidence["confidence"],
                heading=heading,
            )
    return drawn


def _column(
    folder: Path,
    end: str,
    view: Predictions,
    column: int,
    entries: dict,
    *,
    confidence: float,
    heading: str,
) -> dict[str, str]:
    files = (f"scatter_{end}.png", f"bland_altman_{end}.png")
    if entries["known"] < 2:
        return dict.fromkeys(files, "fewer than two know it")
    knowing = known(view, column)
    truth, predicted = knowing.truth[:, column], knowing.outputs["pred"][:, column]
    name = view.names[column]
    texts = [
        f"{title(metric)} {cell(entries[metric], show, confidence)}"
        + (f" {unit(name)}" if metric == "mae" and unit(name) else "")
        for metric, show in _SHOWN.items()
    ]
    regression_plots.scatter(
        folder / files[0], truth, predicted, name=name, texts=texts, heading=heading
    )
    places = ("bias", "lower_limit", "upper_limit")
    bias, lower, upper = (entries[place]["value"] for place in places)
    regression_plots.bland_altman(
        folder / files[1],
        truth,
        predicted,
        limits=Limits(bias=bias, lower=lower, upper=upper),
        name=name,
        heading=heading,
    )
    return dict.fromkeys(files, "")
