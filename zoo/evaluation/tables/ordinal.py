"""The evidence on grades as text for the terminal."""

from zoo.evaluation.metrics import classification as classification_metrics
from zoo.evaluation.results import ordinal as ordinal_results
from zoo.evaluation.tables import classification as classification_tables
from zoo.evaluation.tables import tables

OVERALL = (*ordinal_results.OVERALL, *classification_metrics.OVERALL)


def overall(splits: dict, level: str) -> str:
    """The metrics of all grades together, by split."""
    return tables.over_splits(splits, level, OVERALL)


def missing(found: dict) -> list[str]:
    """Why numbers of a split's level are missing."""
    own = [name for name in ordinal_results.OVERALL if found[name]["value"] is None]
    notes = [f": no {tables.title(name)}, {found[name]['reason']}" for name in own]
    return notes + classification_tables.missing(found)
