"""What of metrics.json tables and figures show."""

# The methods of intervals, those that cover best first (docs/intervals.md), and what
# they are in words.
METHODS = {
    "separation": "AUC of 1: one-sided bound of separation, binormal",
    "clopper_pearson": "kappa or MCC of 1: one-sided bound, Clopper-Pearson",
    "newcombe": "AUC of one class: Newcombe",
    "newcombe_clustered": "AUC of one class: Newcombe, effective number of samples",
    "wilson_within_classes": "proportions and F1 within classes: Wilson, effective "
    "number of samples",
    "modified_wilson": "proportions of few failures: modified Wilson",
    "wilson": "proportions and F1: Wilson",
    "wilson_clustered": "proportions and F1: Wilson, effective number of samples",
    "wilson_bootstrap": "average precision: Wilson, effective number of positives",
    "wilson_jackknife": "kappa and MCC: Wilson, effective number of samples",
    "mover": "means over classes: MOVER",
    "bland_altman": "bias and limits of agreement: Bland-Altman",
    "influence_curve": "mean of the folds' AUC: influence curve",
    "bootstrap_t": "log loss and Brier score: studentised bootstrap",
    "bootstrap": "bootstrap percentiles",
    "obuchowski": "AUC of one class: Obuchowski",
    "delong": "AUC of one class: DeLong",
}


def shown_level(evidence: dict) -> str:
    """The level that tables and figures show: patients, where all splits have them."""
    defined = all(split["patient"]["defined"] for split in evidence["splits"].values())
    return "patient" if defined else "sample"


def preferred(entry: dict) -> dict | None:
    """The interval to show for one metric: that which covers best, where it is defined.

    Args:
        entry: one metric as it stands in metrics.json.
    Returns:
        `{"low", "high", ...}`, or none where no interval is defined.
    """
    method = preferred_method(entry)
    return None if method is None else entry["intervals"][method]


def preferred_method(entry: dict) -> str | None:
    """The name of the interval to show; none where no interval is defined."""
    for method in METHODS:
        interval = entry["intervals"].get(method)
        if interval is not None and interval["low"] is not None:
            return method
    return None
