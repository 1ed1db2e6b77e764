"""The evidence on classes as text for the terminal."""

from collections.abc import Sequence

from pipelines.terminal.table import align
from zoo.evaluation.metrics.classification import OVERALL, PER_CLASS
from zoo.evaluation.results.metric_text import title, title_of_class
from zoo.evaluation.results.shown import shown_level
from zoo.evaluation.tables import text_table


def overall(splits: dict, level: str) -> str:
    """The metrics of all classes together, by split."""
    return text_table.over_splits(splits, level, OVERALL)


def details(evidence: dict) -> list[str]:
    """Class by class, and the confusion matrix, of the last split."""
    level = shown_level(evidence)
    last = list(evidence["splits"])[-1]
    metrics = evidence["splits"][last][level]
    heading = f"{last}, by {level}, one class against the rest"
    return [
        text_table.side_by_side(
            metrics["per_class"], PER_CLASS, heading, in_words=title_of_class
        ),
        _confusion(metrics["confusion"], evidence["classes"], last, level),
    ]


def _confusion(
    counts: Sequence[Sequence[int]], classes: Sequence[str], split: str, level: str
) -> str:
    rows = [[f"{split}, by {level}: true \\ predicted", *classes]]
    rows += [[name, *map(str, row)] for name, row in zip(classes, counts)]
    return align(rows)


def missing(metrics: dict) -> list[str]:
    """Why numbers of a split's level are missing."""
    notes = [
        f": no {title(name)}, {metrics[name]['reason']}"
        for name in OVERALL
        if metrics[name]["value"] is None
    ]
    return notes + [
        f", class {name_of_class}: no {title(name)}, {entry['reason']}"
        for name_of_class, entries in metrics["per_class"].items()
        for name, entry in entries.items()
        if entry["value"] is None
    ]
