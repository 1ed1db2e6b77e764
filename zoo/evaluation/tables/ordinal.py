"""The evidence on grades as text for the terminal."""

from zoo.evaluation.metrics import classification as classification_metrics
from zoo.evaluation.metrics import ordinal as ordinal_metrics
from zoo.evaluation.results.metric_text import title
from zoo.evaluation.tables import classification, text_table

OVERALL = (*ordinal_metrics.OVERALL, *classification_metrics.OVERALL)


def overall(splits: dict, level: str) -> str:
    """The metrics of all grades together, by split."""
    return text_table.over_splits(splits, level, OVERALL)


def missing(metrics: dict) -> list[str]:
    """Why numbers of a split's level are missing."""
    notes = [
        f": no {title(name)}, {metrics[name]['reason']}"
        for name in ordinal_metrics.OVERALL
        if metrics[name]["value"] is None
    ]
    return notes + classification.missing(metrics)
