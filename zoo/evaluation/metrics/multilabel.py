"""Metrics of labels that do not exclude each other: each as two classes, their means.

A label counts the samples that know it.
"""

import math
from collections.abc import Mapping

import numpy as np

from zoo.evaluation.metrics import classification
from zoo.evaluation.metrics.auc import auc
from zoo.evaluation.metrics.measure import Measure, undefined

WITHOUT, WITH = "without", "with"  # the classes of a label by itself
OVERALL = ("auc", "average_precision", "accuracy", "f1", "mcc", "log_loss", "brier")
PER_LABEL = (
    *("auc", "average_precision", "accuracy", "balanced_accuracy"),
    *("sensitivity", "specificity", "ppv", "npv", "f1", "kappa", "mcc"),
    *("log_loss", "brier"),
)
NO_SAMPLE = "no sample knows it"


def two_classes(shares: np.ndarray) -> np.ndarray:
    """Probabilities `[N, 2]` of being without and with a label, from those with it."""
    return np.stack([1 - shares, shares], axis=1)


def overall_measures(
    truth: np.ndarray, outputs: Mapping[str, np.ndarray], names: tuple[str, ...]
) -> dict[str, Measure]:
    """The means over the labels, by the names in `OVERALL`; see `by_kind.METRICS`."""
    labels = [_of_label(t, p) for t, p in zip(truth.T, outputs["prob"].T)]
    return {name: _mean(name, labels, names) for name in OVERALL}


def validation_scores(
    truth: np.ndarray, outputs: Mapping[str, np.ndarray]
) -> dict[str, float]:
    """Accuracy over all that is known, and the mean AUC of the labels that the split
    has both with and without; see `by_kind.VALIDATION_SCORES`."""
    logits = np.asarray(outputs["logits"], np.float64)
    known, present = ~np.isnan(truth), truth == 1
    areas = np.array(
        [
            auc(present[rows, column], logits[rows, column])
            for column, rows in enumerate(known.T)
        ]
    )
    return {
        "val_accuracy": float(np.mean((logits > 0)[known] == present[known])),
        "val_auc": float(np.mean(areas[~np.isnan(areas)])),
    }


def replicate(
    truth: np.ndarray, shares: np.ndarray, weights: np.ndarray
) -> dict[str, np.ndarray]:
    """The means over the labels in R resamples, by the names in `OVERALL`, `[R]` each.

    Args:
        truth: 0, 1 or NaN where not known, `[N, M]`.
        shares: probabilities of having the label, `[N, M]`.
        weights: how often each sample stands in each resample, `[R, N]`.
    """
    labels = [_replicate_label(t, p, weights) for t, p in zip(truth.T, shares.T)]
    return {name: np.mean([label[name] for label in labels], 0) for name in OVERALL}


def _of_label(truth: np.ndarray, shares: np.ndarray) -> dict[str, Measure]:
    known = ~np.isnan(truth)
    if not known.any():
        return undefined(PER_LABEL, NO_SAMPLE)
    metrics = classification.measure(
        truth[known].astype(np.int64), two_classes(shares[known]), (WITHOUT, WITH)
    )
    with_it = metrics.per_class[1]
    return {**with_it, **metrics.overall, "auc": with_it["auc"]}


def _replicate_label(
    truth: np.ndarray, shares: np.ndarray, weights: np.ndarray
) -> dict[str, np.ndarray]:
    known = ~np.isnan(truth)
    if not known.any():
        return {name: np.full(len(weights), math.nan) for name in OVERALL}
    values = classification.replicate(
        truth[known].astype(np.int64), two_classes(shares[known]), weights[:, known]
    )
    with_it = {name: table[:, 1] for name, table in values["per_class"].items()}
    return {**with_it, **values["overall"]}


def _mean(
    name: str, labels: list[dict[str, Measure]], names: tuple[str, ...]
) -> Measure:
    values = [label[name].value for label in labels]
    without = [title for title, value in zip(names, values) if math.isnan(value)]
    if without:
        reason = f"not defined for {', '.join(without)}"
        return Measure(value=math.nan, reason=reason)
    return Measure(value=float(np.mean(values)))
