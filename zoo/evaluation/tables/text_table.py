"""Tables of the evidence for the terminal: what all kinds of targets share."""

from collections.abc import Callable, Sequence

from pipelines.terminal.table import align
from zoo.evaluation.results.metric_text import cell, decimals, number, title


def defined(splits: dict, level: str) -> dict[str, dict]:
    """The splits that have a level, and what they say at it."""
    return {
        split: levels[level]
        for split, levels in splits.items()
        if levels[level]["defined"]
    }


def over_splits(splits: dict, level: str, metrics: Sequence[str]) -> str:
    """Metrics by split, with how many patients and samples there are.

    Args:
        splits: of the evidence.
        level: patient or sample; splits without it are left out.
    """
    shown = defined(splits, level)
    rows = [[f"by {level}", *shown]]
    rows.append(["patients", *(str(split["patients"]) for split in shown.values())])
    if level == "sample":
        rows.append(["samples", *(str(split["samples"]) for split in shown.values())])
    for name in metrics:
        rows.append([title(name), *(cell(split[name]) for split in shown.values())])
    return align(rows)


def side_by_side(
    entries_of: dict[str, dict],
    metrics: Sequence[str],
    heading: str,
    show: Callable[[float], str] = decimals,
    in_words: Callable[[str], str] = title,
) -> str:
    """Metrics of several classes, labels or columns, each a column of the table.

    Args:
        in_words: the title of a metric.
    """
    rows = [[heading, *entries_of]]
    for name in metrics:
        cells = (cell(entries[name], show) for entries in entries_of.values())
        rows.append([in_words(name), *cells])
    return align(rows)


def folds(table: dict, show: Callable[[float], str] = decimals) -> str:
    """Every fold's metrics, and their mean and standard deviation."""
    metrics = [*table["summary"]]
    rows = [[f"fold, by {table['level']}", "n", *map(title, metrics)]]
    for row in table["rows"]:
        values = (number(row[name], show) for name in metrics)
        rows.append([row["fold"], str(row["samples"]), *values])
    means = (_mean(table["summary"][name], show) for name in metrics)
    rows.append(["mean ± sd", "", *means])
    return align(rows)


def _mean(summary: dict, show: Callable[[float], str]) -> str:
    if summary["sd"] is None:
        return number(summary["mean"], show)
    return f"{show(summary['mean'])} ± {show(summary['sd'])}"
