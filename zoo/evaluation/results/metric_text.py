"""Metrics in words: their titles, values and intervals, for tables and legends."""

from collections.abc import Callable

from zoo.evaluation.results.shown import preferred

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

    `~` behind it = approximate; `1.000 (≥ 0.922)` = a one-sided bound.

    Args:
        confidence: of the interval, said before it, as in `0.912 (95% CI 0.881–0.943)`;
            none = it is said elsewhere.
    """
    interval = preferred(entry) if entry["value"] is not None else None
    if interval is None:
        return number(entry["value"], show)
    low, high = show(interval["low"]), show(interval["high"])
    between = "–" if interval["low"] >= 0 else " to "
    ends = f"≥ {low}" if "one_sided" in interval else f"{low}{between}{high}"
    level = "" if confidence is None else f"{100 * confidence:g}% CI "
    mark = "~" if "approximate" in interval else ""
    return f"{show(entry['value'])} ({level}{ends}){mark}"


def area_text(entry: dict, confidence: float) -> str:
    """The AUC for a legend, e.g. `AUC 0.912 (95% CI 0.881–0.943)`."""
    if entry["value"] is None:
        return f"AUC not defined ({entry['reason']})"
    if preferred(entry) is None:
        return f"AUC {entry['value']:.3f} (no interval)"
    return f"AUC {cell(entry, confidence=confidence)}"
