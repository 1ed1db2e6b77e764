"""Metrics in words: their titles, values and intervals, for tables and legends."""

from collections.abc import Callable

from zoo.evaluation.results.shown import preferred

_TITLES = {
    "ppv": "PPV",
    "npv": "NPV",
    "f1": "F1",
    "auc": "AUC",
    "mcc": "MCC (Matthews)",
    "icc_1_1": "ICC(1,1)",
    "icc_2_1": "ICC(2,1)",
    "icc_3_1": "ICC(3,1)",
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

_OF_CLASS = {
    "accuracy": "accuracy, (TP+TN)/N",
    "balanced_accuracy": "accuracy, (sens+spec)/2",
}


def decimals(value: float, places: int = 3) -> str:
    """For shares; one that is not whole is never shown as 1, nor a small one as 0."""
    least = 10.0**-places
    if 1 - least / 2 <= value < 1:
        return f">{1 - least:.{places}f}"
    if 0 < value <= least / 2:
        return f"<{least:.{places}f}"
    return f"{value:.{places}f}"


def significant(value: float) -> str:
    """Four significant digits, for what has units."""
    return f"{value:.4g}"


def title(name: str) -> str:
    """The metric in words."""
    start, _, metric = name.rpartition(": ")
    words = _TITLES.get(metric, metric.replace("_", " "))
    return f"{start}: {words}" if start else words


def title_of_class(name: str) -> str:
    """The metric of a class against the rest in words: which "accuracy" it is."""
    return _OF_CLASS.get(name, title(name))


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
    plain = interval["low"] >= 0 and not low.startswith("<") and high[0] != ">"
    between = "–" if plain else " to "
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
