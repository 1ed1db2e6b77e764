"""The evidence on numbers as text for the terminal."""

from pipelines.terminal.table import align
from zoo.evaluation.metrics.regression import METRICS
from zoo.evaluation.tables import tables


def overall(splits: dict, level: str) -> str:
    """Column by column the metrics, by split."""
    found = tables.defined(splits, level)
    names = next(iter(found.values()))["per_column"] if found else ()
    return "\n\n".join(_column(found, name, level) for name in names)


def _column(found: dict, name: str, level: str) -> str:
    own = {split: levels["per_column"][name] for split, levels in found.items()}
    rows = [[f"{name}, by {level}", *own]]
    rows.append(["known", *(str(entries["known"]) for entries in own.values())])
    for metric in METRICS:
        cells = (tables.cell(one[metric], tables.significant) for one in own.values())
        rows.append([tables.title(metric), *cells])
    return align(rows)


def details(evidence: dict) -> list[str]:
    """Nothing that is not in `overall`."""
    return []


def missing(found: dict) -> list[str]:
    """Why numbers of a split's level are missing."""
    return [
        f", {column}: no {tables.title(name)}, {entries[name]['reason']}"
        for column, entries in found["per_column"].items()
        for name in METRICS
        if entries[name]["value"] is None
    ]
