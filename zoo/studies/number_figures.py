"""What runs of a numeric target reached: their figures stand column by column."""

from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import DataError
from zoo.evaluation.results.shown import shown_level
from zoo.runs import json_objects


@dataclass(frozen=True, kw_only=True)
class NumberFigure:
    """One figure of the first column.

    Args:
        entry: as in metrics.json.
        number: of patients or samples that know the column.
        level: patient or sample.
    """

    entry: dict
    number: int
    level: str


def read(place: Path, split: str, metric: str) -> NumberFigure:
    """A figure of a split, of a run or of all folds together.

    Args:
        place: the directory that holds metrics.json.

    Raises:
        DataError: it has none, predicts no number, or lacks the split.
    """
    path = place / "metrics.json"
    if not path.is_file():
        raise DataError(
            f"{place.name} has not been judged: it has no {path.name}. Judge it "
            f"first: python -m zoo.evaluate {place.name}"
        )
    result = json_objects.read(path)
    if split not in result["splits"]:
        raise DataError(
            f"{place.name} has no {split} split. It has {', '.join(result['splits'])}"
        )
    level = shown_level(result)
    figures = result["splits"][split][level]
    if "per_column" not in figures:
        raise DataError(
            f"{place.name} predicts no number, so it has no {metric}. Take a column "
            "of classes for its row, or a table of its own"
        )
    entries = figures["per_column"][result["columns"][0]]
    return NumberFigure(entry=entries[metric], number=entries["known"], level=level)
