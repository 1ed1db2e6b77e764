"""The evidence on labels as text for the terminal."""

from pipelines.terminal.table import align
from zoo.evaluation.figures.classification import shown_level
from zoo.evaluation.results.multilabel import OVERALL, PER_LABEL
from zoo.evaluation.tables import tables


def overall(splits: dict, level: str) -> str:
    """The means over the labels, by split."""
    means = tables.over_splits(splits, level, OVERALL)
    return f"means over the labels\n{means}"


def details(evidence: dict) -> list[str]:
    """Label by label, of the last split."""
    level = shown_level(evidence)
    main = list(evidence["splits"])[-1]
    found = evidence["splits"][main][level]["per_label"]
    heading = f"{main}, by {level}, label by label"
    counts = [["with it, of those that know", *found]]
    numbers = (f"{one['with']} of {one['known']}" for one in found.values())
    counts.append(["", *numbers])
    return [align(counts), tables.side_by_side(found, PER_LABEL, heading)]


def missing(found: dict) -> list[str]:
    """Why numbers of a split's level are missing."""
    notes = [
        f": no mean {tables.title(name)}, {found[name]['reason']}"
        for name in OVERALL
        if found[name]["value"] is None
    ]
    return notes + [
        f", label {title}: no {tables.title(name)}, {entries[name]['reason']}"
        for title, entries in found["per_label"].items()
        for name in PER_LABEL
        if entries[name]["value"] is None
    ]
