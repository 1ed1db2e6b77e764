"""The evidence on labels as text for the terminal."""

from pipelines.terminal.table import align
from zoo.evaluation.metrics.multilabel import OVERALL, PER_LABEL
from zoo.evaluation.results.metric_text import title, title_of_class
from zoo.evaluation.results.shown import shown_level
from zoo.evaluation.tables import text_table


def overall(splits: dict, level: str) -> str:
    """The means over the labels, by split."""
    means = text_table.over_splits(splits, level, OVERALL)
    return f"means over the labels\n{means}"


def details(evidence: dict) -> list[str]:
    """Label by label, of the last split."""
    level = shown_level(evidence)
    last = list(evidence["splits"])[-1]
    labels = evidence["splits"][last][level]["per_label"]
    heading = f"{last}, by {level}, label by label"
    counts = [["with it, of those that know", *labels]]
    numbers = (f"{label['with']} of {label['known']}" for label in labels.values())
    counts.append(["", *numbers])
    return [
        align(counts),
        text_table.side_by_side(labels, PER_LABEL, heading, in_words=title_of_class),
    ]


def missing(metrics: dict) -> list[str]:
    """Why numbers of a split's level are missing."""
    notes = [
        f": no mean {title(name)}, {metrics[name]['reason']}"
        for name in OVERALL
        if metrics[name]["value"] is None
    ]
    return notes + [
        f", label {label}: no {title(name)}, {entries[name]['reason']}"
        for label, entries in metrics["per_label"].items()
        for name in PER_LABEL
        if entries[name]["value"] is None
    ]
