"""The evidence on classes as text for the terminal."""

from collections.abc import Sequence

from pipelines.terminal.table import align
from zoo.evaluation.figures.classification import shown_level
from zoo.evaluation.metrics.classification import OVERALL, PER_CLASS
from zoo.evaluation.tables import tables


def overall(splits: dict, level: str) -> str:
    """The metrics of all classes together, by split."""
    return tables.over_splits(splits, level, OVERALL)


def details(evidence: dict) -> list[str]:
    """Class by class, and the confusion matrix, of the last split."""
    level = shown_level(evidence)
    main = list(evidence["splits"])[-1]
    found = evidence["splits"][main][level]
    heading = f"{main}, by {level}, one class against the rest"
    return [
        tables.side_by_side(found["per_class"], PER_CLASS, heading),
        _confusion(found["confusion"], evidence["classes"], main, level),
    ]


def _confusion(
    counts: Sequence[Sequence[int]], classes: Sequence[str], split: str, level: str
) -> str:
    rows = [[f"{split}, by {level}: true \\ predicted", *classes]]
    rows += [[name, *map(str, row)] for name, row in zip(classes, counts)]
    return align(rows)


def missing(found: dict) -> list[str]:
    """Why numbers of a split's level are missing."""
    notes = [
        f": no {tables.title(name)}, {found[name]['reason']}"
        for name in OVERALL
        if found[name]["value"] is None
    ]
    return notes + [
        f", class {title}: no {tables.title(name)}, {entry['reason']}"
        for title, entries in found["per_class"].items()
        for name, entry in entries.items()
        if entry["value"] is None
    ]
