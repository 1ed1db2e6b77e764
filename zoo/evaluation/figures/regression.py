"""The figures of predicted numbers: scatter and Bland-Altman."""

from collections.abc import Sequence
from pathlib import Path

from zoo.evaluation.figures import regression_plots
from zoo.evaluation.figures.classification import file_words, shown_level
from zoo.evaluation.figures.regression_plots import Limits
from zoo.evaluation.predictions.columns import Columns, of_split
from zoo.evaluation.predictions.columns_by_patient import by_patient
from zoo.evaluation.results.regression import known
from zoo.evaluation.tables import tables

_SHOWN = {"mae": tables.significant, "r2": tables.decimals, "ccc": tables.decimals}


def draw(
    folder: Path, found: Columns, evidence: dict, folds: Sequence[Columns] = ()
) -> dict[str, str]:
    """Draws predicted against true numbers of every split, and their differences.

    Arguments and result as of `portfolio.draw`; folds have no points of their own.
    """
    level = shown_level(evidence)
    drawn = {}
    for split in evidence["splits"]:
        view = of_split(found, split)
        view = by_patient(view) if level == "patient" else view
        for column, name in enumerate(found.names):
            end = f"_{file_words(column, name)}" if len(found.names) > 1 else ""
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
    view: Columns,
    column: int,
    entries: dict,
    *,
    confidence: float,
    heading: str,
) -> dict[str, str]:
    files = (f"scatter_{end}.png", f"bland_altman_{end}.png")
    if entries["known"] < 2:
        return dict.fromkeys(files, "fewer than two know it")
    rows = known(view, column)
    truth, said = view.truth[rows, column], view.answers["pred"][rows, column]
    name = view.names[column]
    texts = [
        f"{tables.title(metric)} {tables.cell(entries[metric], show, confidence)}"
        for metric, show in _SHOWN.items()
    ]
    regression_plots.scatter(
        folder / files[0], truth, said, name=name, texts=texts, heading=heading
    )
    places = ("bias", "lower_limit", "upper_limit")
    bias, lower, upper = (entries[place]["value"] for place in places)
    regression_plots.bland_altman(
        folder / files[1],
        truth,
        said,
        limits=Limits(bias=bias, lower=lower, upper=upper),
        name=name,
        heading=heading,
    )
    return dict.fromkeys(files, "")
