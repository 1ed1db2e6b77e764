"""Classification metrics of one set of samples, or of many resamples at once.

In a resample samples carry weights instead of copies; the set itself is the resample
in which every weight is one.

`log_loss`
    The mean negative logarithm of the true class's probability.
`brier`
    Of two classes the mean squared error of class 1's probability (0..1), of more the
    squared errors summed over the classes (0..2; Brier, 1950).
`kappa`
    Cohen's; per class that of the 2 x 2 table.
`accuracy` and `balanced_accuracy` of a class
    (TP + TN) / N, which a rare class has high by being rare, and (sensitivity +
    specificity) / 2, which papers print as its "accuracy", too.
`mcc`
    Matthews's correlation coefficient of the 2 x 2 table (Biochim. Biophys. Acta 405,
    1975); of all classes Gorodkin's R_K (Comput. Biol. Chem. 28, 2004), which is the
    same number for two.
`average_precision`
    Of two classes that of class 1, of more the mean over the classes; see
    `average_precision.resampled_average_precision`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from zoo.evaluation.metrics.auc import auc_of_classes, resampled_auc
from zoo.evaluation.metrics.average_precision import resampled_average_precision
from zoo.evaluation.metrics.measure import Measure, measured

OVERALL = (
    *("accuracy", "balanced_accuracy", "auc", "average_precision"),
    *("kappa", "mcc", "log_loss", "brier"),
)
PER_CLASS = (
    *("sensitivity", "specificity", "ppv", "npv", "accuracy", "balanced_accuracy"),
    *("f1", "kappa", "mcc", "auc", "average_precision"),
)

_TINY = np.finfo(np.float64).eps  # clips log loss, as scikit-learn does


@dataclass(frozen=True, kw_only=True, eq=False)
class Metrics:
    """What `measure` computes.

    Args:
        overall: by the names in `OVERALL`.
        per_class: for each class, by the names in `PER_CLASS`, one against the rest.
        confusion: counts, true class by predicted class, int `[K, K]`.
    """

    overall: dict[str, Measure]
    per_class: tuple[dict[str, Measure], ...]
    confusion: np.ndarray


def decide(probabilities: np.ndarray) -> np.ndarray:
    """The most probable class, `[N]`; of equal ones the first."""
    return np.argmax(probabilities, axis=1)


def measure(
    labels: np.ndarray, probabilities: np.ndarray, classes: tuple[str, ...]
) -> Metrics:
    """All metrics of N samples (or patients); undefined ones say why.

    Args:
        labels: class indices, int `[N]`.
        probabilities: `[N, K]`, rows sum to 1.
        classes: K names, for the reasons.
    """
    values = replicate(labels, probabilities, np.ones((1, len(labels))))
    confusion = values["confusion"][0].astype(np.int64)
    return _measured(values["overall"], values["per_class"], confusion, classes)


def _measured(
    overall: Mapping[str, np.ndarray],
    per_class: Mapping[str, np.ndarray],
    confusion: np.ndarray,
    classes: tuple[str, ...],
) -> Metrics:
    """The only resample, `[1]` and `[1, K]`, with the reasons of what is undefined."""
    first = {name: column[0] for name, column in overall.items()}
    return Metrics(
        overall=measured(first, _why_overall(confusion, classes)),
        per_class=tuple(
            measured(
                {name: table[0, c] for name, table in per_class.items()},
                _why_of_class(confusion, c, name_of_class),
            )
            for c, name_of_class in enumerate(classes)
        ),
        confusion=confusion,
    )


def measure_counts(confusion: np.ndarray, classes: tuple[str, ...]) -> Metrics:
    """The metrics that follow from counts alone, all but those of probabilities.

    Args:
        confusion: true class by predicted class, int `[K, K]`.
        classes: K names, for the reasons.
    """
    overall, per_class = figures_of_counts(np.asarray(confusion, np.float64)[None])
    return _measured(overall, per_class, np.asarray(confusion, np.int64), classes)


def figures_of_counts(
    confusion: np.ndarray,
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """What follows from R tables of counts, NaN where undefined.

    Args:
        confusion: true class by predicted class, float `[R, K, K]`.
    Returns:
        Of all classes by name, `[R]` each, and by class, `[R, K]` each.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        per_class = _one_vs_rest(confusion)
        return _of_counts(confusion, per_class["sensitivity"]), per_class


def overall_measures(
    truth: np.ndarray, outputs: Mapping[str, np.ndarray], names: tuple[str, ...]
) -> dict[str, Measure]:
    """The metrics of all classes together; see `by_kind.METRICS`."""
    return measure(truth[:, 0].astype(np.int64), outputs["prob"], names).overall


def validation_scores(
    truth: np.ndarray, outputs: Mapping[str, np.ndarray]
) -> dict[str, float]:
    """Accuracy and AUC; see `by_kind.VALIDATION_SCORES`."""
    labels = truth[:, 0].astype(np.int64)
    return {
        "val_accuracy": float(np.mean(decide(outputs["logits"]) == labels)),
        "val_auc": auc_of_classes(labels, outputs["probabilities"]),
    }


def replicate(
    labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray
) -> dict[str, dict[str, np.ndarray] | np.ndarray]:
    """The metrics of R resamples, NaN where undefined.

    Args:
        labels: class indices, int `[N]`.
        probabilities: `[N, K]`.
        weights: how often each sample stands in each resample, `[R, N]`.
    Returns:
        `overall`, by the names in `OVERALL` `[R]` each; `per_class`, by the names in
        `PER_CLASS` `[R, K]` each; `confusion`, weighted counts, true by predicted
        class, `[R, K, K]`.
    """
    weights = np.asarray(weights, dtype=np.float64)
    classes = probabilities.shape[1]
    confusion = _confusions(labels, decide(probabilities), weights, classes)
    areas, precisions = _of_scores(labels, probabilities, weights)
    with np.errstate(divide="ignore", invalid="ignore"):
        per_class = {
            **_one_vs_rest(confusion),
            "auc": areas,
            "average_precision": precisions,
        }
        total = weights.sum(axis=1)
        terms = sample_terms(labels, probabilities)
        figures = {
            **_of_counts(confusion, per_class["sensitivity"]),
            "auc": _of_all(areas),
            "average_precision": _of_all(precisions),
            "log_loss": weights @ terms["log_loss"] / total,
            "brier": weights @ terms["brier"] / total,
        }
    overall = {name: figures[name] for name in OVERALL}
    return {"overall": overall, "per_class": per_class, "confusion": confusion}


def most_of_term(name: str, classes: int) -> float:
    """What a sample's term of `sample_terms` can be at most.

    >>> most_of_term("brier", 2), most_of_term("brier", 5), most_of_term("log_loss", 2)
    (1.0, 2.0, inf)
    """
    if name == "brier":
        return 1.0 if classes == 2 else 2.0
    return float("inf")


def sample_terms(
    labels: np.ndarray, probabilities: np.ndarray
) -> dict[str, np.ndarray]:
    """Of the metrics that are means over samples each sample's term, `[N]`."""
    classes = probabilities.shape[1]
    truth = np.eye(classes)[labels]
    squared = (probabilities - truth) ** 2
    right = (probabilities * truth).sum(axis=1) / probabilities.sum(axis=1)
    return {
        "log_loss": -np.log(np.clip(right, _TINY, 1 - _TINY)),
        "brier": squared[:, 1] if classes == 2 else squared.sum(axis=1),
    }


def _of_counts(confusion: np.ndarray, sensitivity: np.ndarray) -> dict[str, np.ndarray]:
    """Of all classes, `[R]` each; called where division by zero is silenced."""
    return {
        "accuracy": np.trace(confusion, axis1=1, axis2=2) / confusion.sum(axis=(1, 2)),
        "balanced_accuracy": sensitivity.mean(axis=1),
        "kappa": _kappas(confusion),
        "mcc": _correlations(confusion),
    }


def _of_scores(
    labels: np.ndarray, probabilities: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Each class's AUC and average precision, `[R, K]` each."""
    by_sample = np.ascontiguousarray(weights.T).T  # what the second is fast with
    pairs = [
        (
            resampled_auc(labels == c, scores, weights),
            resampled_average_precision(labels == c, scores, by_sample),
        )
        for c, scores in enumerate(probabilities.T)
    ]
    areas, precisions = zip(*pairs)
    return np.stack(areas, axis=1), np.stack(precisions, axis=1)


def _of_all(values: np.ndarray) -> np.ndarray:
    """From `[R, K]` that of class 1 of two, of more the mean, `[R]`."""
    return values[:, 1] if values.shape[1] == 2 else values.mean(axis=1)


def _confusions(
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
    sensitivity, specificity = tp / truly, tn / (total - truly)
    spread = truly * (total - truly) * called * (total - called)
    return {
        "sensitivity": sensitivity,
        "specificity": specificity,
        "ppv": tp / called,
        "npv": tn / (total - called),
        "accuracy": agreed,
        "balanced_accuracy": (sensitivity + specificity) / 2,
        "mcc": (total * tp - truly * called) / np.sqrt(spread),
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


def _correlations(confusion: np.ndarray) -> np.ndarray:
    """Gorodkin's R_K, `[R]`; NaN where one class alone is true, or predicted."""
    total = confusion.sum(axis=(1, 2))
    truly, called = confusion.sum(axis=2), confusion.sum(axis=1)
    both = total * np.trace(confusion, axis1=1, axis2=2) - (truly * called).sum(axis=1)
    spreads = [total**2 - (counts**2).sum(axis=1) for counts in (truly, called)]
    return both / np.sqrt(spreads[0] * spreads[1])


_ONE_CLASS = "truth and prediction are one and the same class throughout"
_ONE_SIDE = "the truth, or the prediction, is one and the same class throughout"


def _why_overall(confusion: np.ndarray, classes: tuple[str, ...]) -> dict[str, str]:
    """By metric, why it is undefined if it is."""
    absent = [name for c, name in enumerate(classes) if not confusion[c].sum()]
    no_sample = f"no sample of class {', '.join(absent)}"
    why = {
        name: no_sample for name in ("balanced_accuracy", "auc", "average_precision")
    }
    why |= {"kappa": _ONE_CLASS, "mcc": _ONE_SIDE}
    return dict.fromkeys(OVERALL, "there is no sample") | why


def _why_of_class(confusion: np.ndarray, index: int, name: str) -> dict[str, str]:
    """By metric of one class, why it is undefined if it is."""
    without = f"no sample of class {name}"
    only = f"no sample of a class other than {name}"
    return {
        "sensitivity": without,
        "specificity": only,
        "ppv": f"class {name} is never predicted",
        "npv": f"class {name} is always predicted",
        "accuracy": "there is no sample",
        "balanced_accuracy": only if confusion[index].sum() else without,
        "f1": f"{without}, nor predicted as it",
        "kappa": _ONE_CLASS,
        "mcc": f"class {name} is always or never true, or predicted",
        "average_precision": without,
        "auc": only if confusion[index].sum() else without,
    }
