"""The kinds of curves of scores, and what stands beside one."""

from zoo.evaluation.figures import curve_plots
from zoo.evaluation.results.metric_text import area_text, cell

# By the start of the file's name: the metric of its legend, the plot, its title.
CURVES = {
    "roc": ("auc", curve_plots.roc, "ROC"),
    "precision_recall": (
        "average_precision",
        curve_plots.precision_recall,
        "Precision and recall",
    ),
}
_SHORT = {"auc": "AUC", "average_precision": "AP"}


def score_text(entry: dict, metric: str, confidence: float) -> str:
    """The metric for a legend, e.g. `AUC 0.912 (95% CI 0.881–0.943)`."""
    if metric == "auc":
        return area_text(entry, confidence)
    if entry["value"] is None:
        return f"AP not defined ({entry['reason']})"
    return f"AP {cell(entry, confidence=confidence)}"


def panel_text(entry: dict, metric: str, count: str) -> str:
    """The same above a panel, in two short lines: `n = 20, AUC 0.91`, the interval."""
    if entry["value"] is None:
        return f"{count}\n{_SHORT[metric]} not defined"
    value, _, interval = cell(entry).partition(" ")
    return f"{count}, {_SHORT[metric]} {value}\n{interval or '(no interval)'}"


def note(metric: str, confidence: float) -> str:
    """What the figure's marks mean."""
    percent = f"{100 * confidence:g}%"
    if metric == "auc":
        return f"shaded: {percent} band of the sensitivity, point by point"
    return "AP: average precision; dotted: guessing, which reaches the prevalence"
