"""Tables of the evidence for the terminal: what all kinds of targets share."""

from collections.abc import Callable, Sequence

from pipelines.terminal.table import align
from zoo.evaluation.results.classification import preferred

_TITLES = {
    "ppv": "PPV",
    "npv": "NPV",
    "f1": "F1",
    "auc": "AUC",
    "brier": "Brier score",
    "mae": "mean absolute error",
    "rmse": "root mean squared error",
    "r2": "R²",
    "ccc": "concordance (Lin)",
    "pearson": "Pearson's correlation",
    "spearman": "Spearman's correlation",
    "lower_limit": "lower limit of agreement",
    "upper_limit": "upper limit of agreement",
}


def decimals(value: float) -> str:
    """Three of them, for shares."""
    return f"{value:.3f}"


def significant(value: float) -> str:
    """Four significant digits, for what has units."""
    return f"{value:.4g}"


def defined(found: dict, level: str) -> dict[str, dict]:
    """The splits that have a level, and what they say at it."""
    return {
        split: levels[level]
        for split, levels in found.items()
        if levels[level]["defined"]
    }


def over_splits(found: dict, level: str, metrics: Sequence[str]) -> str:
    """Metrics by split, with how many patients and samples there are.

    Args:
        found: the evidence by split.
        level: patient or sample; splits without it are left out.
    """
    splits = defined(found, level)
    rows = [[f"by {level}", *splits]]
    rows.append(["patients", *(str(found["patients"]) for found in splits.values())])
    if level == "sample":
        rows.append(["samples", *(str(found["samples"]) for found in splits.values())])
    for name in metrics:
        rows.append([title(name), *(cell(found[name]) for found in splits.values())])
    return align(rows)


def side_by_side(
    found: dict[str, dict],
    metrics: Sequence[str],
    heading: str,
    show: Callable[[float], str] = decimals,
) -> str:
    """Metrics of several classes, labels or columns, each a column of the table."""
    rows = [[heading, *found]]
    for name in metrics:
        cells = (cell(entries[name], show) for entries in found.values())
        rows.append([title(name), *cells])
    return align(rows)


def folds(found: dict, show: Callable[[float], str] = decimals) -> str:
    """Every fold's metrics, and their mean and standard deviation."""
    metrics = [*found["summary"]]
    rows = [[f"fold, by {found['level']}", "n", *map(title, metrics)]]
    for row in found["rows"]:
        values = (number(row[name], show) for name in metrics)
        rows.append([row["fold"], str(row["samples"]), *values])
    means = (_mean(found["summary"][name], show) for name in metrics)
    rows.append(["mean ± sd", "", *means])
    return align(rows)


def _mean(summary: dict, show: Callable[[float], str]) -> str:
    if summary["sd"] is None:
        return number(summary["mean"], show)
    return f"{show(summary['mean'])} ± {show(summary['sd'])}"


def title(name: str) -> str:
    """The metric in words."""
    start, _, metric = name.rpartition(": ")
    words = _TITLES.get(metric, metric.replace("_", " "))
    return f"{start}: {words}" if start else words


def number(value: float | None, show: Callable[[float], str] = decimals) -> str:
    """The value, `-` where there is none."""
    return "-" if value is None else show(value)


def cell(
    entry: dict,
    show: Callable[[float], str] = decimals,
    confidence: float | None = None,
) -> str:
    """Value and interval of a metric, e.g. `0.912 (0.881–0.943)`.

    Args:
        confidence: of the interval, said before it, as in `0.912 (95% CI 0.881–0.943)`;
            none = it is said elsewhere.
    """
    interval = preferred(entry) if entry["value"] is not None else None
    if interval is None:
        return number(entry["value"], show)
    low, high = show(interval["low"]), show(interval["high"])
    between = "–" if interval["low"] >= 0 else " to "
    level = "" if confidence is None else f"{100 * confidence:g}% CI "
    return f"{show(entry['value'])} ({level}{low}{between}{high})"
