"""The metrics of many resamples at once: samples carry weights instead of copies."""

from dataclasses import dataclass

import numpy as np

from zoo.evaluation.metrics.classification import decide

_TINY = np.finfo(np.float64).eps  # clips log loss, as scikit-learn does


@dataclass(frozen=True, kw_only=True, eq=False)
class Replicates:
    """Metrics of R resamples, NaN where undefined.

    Args:
        overall: by the names in `metrics.OVERALL`, `[R]` each.
        per_class: by the names in `metrics.PER_CLASS`, `[R, K]` each.
    """

    overall: dict[str, np.ndarray]
    per_class: dict[str, np.ndarray]


def replicate(
    labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray
) -> Replicates:
    """What `metrics.measure` finds on R resamples.

    Args:
        labels: class indices, int `[N]`.
        probabilities: `[N, K]`.
        weights: how often each sample stands in each resample, `[R, N]`.
    """
    weights = np.asarray(weights, dtype=np.float64)
    classes = probabilities.shape[1]
    confusion = confusions(labels, decide(probabilities), weights, classes)
    areas = np.stack(
        [_areas(labels == c, probabilities[:, c], weights) for c in range(classes)],
        axis=1,
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        per_class = {**_one_vs_rest(confusion), "auc": areas}
        total = weights.sum(axis=1)
        truth = np.eye(classes)[labels]
        squared = (probabilities - truth) ** 2
        brier = squared[:, 1] if classes == 2 else squared.sum(axis=1)
        right = (probabilities * truth).sum(axis=1) / probabilities.sum(axis=1)
        loss = -np.log(np.clip(right, _TINY, 1 - _TINY))
        overall = {
            "accuracy": np.trace(confusion, axis1=1, axis2=2) / total,
            "balanced_accuracy": per_class["sensitivity"].mean(axis=1),
            "auc": areas[:, 1] if classes == 2 else areas.mean(axis=1),
            "kappa": _kappas(confusion),
            "log_loss": weights @ loss / total,
            "brier": weights @ brier / total,
        }
    return Replicates(overall=overall, per_class=per_class)


def confusions(
    labels: np.ndarray, predicted: np.ndarray, weights: np.ndarray, classes: int
) -> np.ndarray:
    """Weighted counts, true by predicted class, `[R, K, K]`."""
    cell = np.eye(classes * classes)[labels * classes + predicted]
    return (weights @ cell).reshape(-1, classes, classes)


def _one_vs_rest(confusion: np.ndarray) -> dict[str, np.ndarray]:
    """`[R, K]` each; called where division by zero is silenced."""
    total = confusion.sum(axis=(1, 2))[:, None]
    tp = np.diagonal(confusion, axis1=1, axis2=2)
    truly, called = confusion.sum(axis=2), confusion.sum(axis=1)
    tn = total - truly - called + tp
    agreed = (tp + tn) / total
    chance = (truly * called + (total - truly) * (total - called)) / total**2
    return {
        "sensitivity": tp / truly,
        "specificity": tn / (total - truly),
        "ppv": tp / called,
        "npv": tn / (total - called),
        "f1": 2 * tp / (truly + called),
        "kappa": (agreed - chance) / (1 - chance),
    }


def _kappas(confusion: np.ndarray) -> np.ndarray:
    """Cohen's kappa, `[R]`; NaN where chance agreement is whole."""
    total = confusion.sum(axis=(1, 2))
    agreed = np.trace(confusion, axis1=1, axis2=2) / total
    margins = confusion.sum(axis=2) * confusion.sum(axis=1)
    chance = margins.sum(axis=1) / total**2
    return (agreed - chance) / (1 - chance)


def _areas(positive: np.ndarray, scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted area under the ROC curve, ties counting half, `[R]`.

    The Mann-Whitney form: the share of (positive, negative) pairs in which the
    positive scores higher.
    """
    order = np.argsort(scores, kind="stable")
    ordered = scores[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    weights = weights[:, order]
    above = np.add.reduceat(weights * positive[order], starts, axis=1)
    below = np.add.reduceat(weights * ~positive[order], starts, axis=1)
    lower = np.cumsum(below, axis=1) - below / 2
    pairs = above.sum(axis=1) * below.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (above * lower).sum(axis=1) / pairs
