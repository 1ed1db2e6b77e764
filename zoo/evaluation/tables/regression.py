"""The evidence on numbers as text for the terminal."""

from pipelines.terminal.table import align
from zoo.evaluation.metrics.icc import ICC
from zoo.evaluation.metrics.regression import METRICS
from zoo.evaluation.results.metric_text import cell, significant, title
from zoo.evaluation.tables import text_table


def overall(splits: dict, level: str) -> str:
    """Column by column the metrics, by split."""
    shown = text_table.defined(splits, level)
    names = next(iter(shown.values()))["per_column"] if shown else ()
    return "\n\n".join(_column(shown, name, level) for name in names)


def _column(shown: dict, name: str, level: str) -> str:
    by_split = {split: metrics["per_column"][name] for split, metrics in shown.items()}
    rows = [[f"{name}, by {level}", *by_split]]
    rows.append(["known", *(str(entries["known"]) for entries in by_split.values())])
    for metric in METRICS:
        cells = (cell(entries[metric], significant) for entries in by_split.values())
        rows.append([title(metric), *cells])
    return "\n".join([align(rows), *_repeats(name, by_split)])


def _repeats(name: str, by_split: dict[str, dict]) -> list[str]:
    """How well the predictions for a patient's samples agree, where there are some."""
    shown = {
        split: entries["repeats"]
        for split, entries in by_split.items()
        if "repeats" in entries
    }
    if not shown:
        return []
    rows = [[f"{name}, repeated reads of a patient", *shown]]
    counts = ("{patients} x {reads}, by {order}".format(**r) for r in shown.values())
    rows.append(["patients x reads", *counts])
    for metric in ICC:
        rows.append([title(metric), *(cell(r[metric]) for r in shown.values())])
    return ["", align(rows)]


def details(evidence: dict) -> list[str]:
    """Nothing that is not in `overall`."""
    return []


def missing(metrics: dict) -> list[str]:
    """Why numbers of a split's level are missing."""
    return [
        f", {column}: no {title(name)}, {entries[name]['reason']}"
        for column, entries in metrics["per_column"].items()
        for name in METRICS
        if entries[name]["value"] is None
    ]
