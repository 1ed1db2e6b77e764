"""Classification metrics of one set of samples; undefined ones say why."""

import math
from dataclasses import dataclass

import numpy as np
from sklearn import metrics as sklearn_metrics

OVERALL = ("accuracy", "balanced_accuracy", "auc", "kappa", "log_loss", "brier")
PER_CLASS = ("sensitivity", "specificity", "ppv", "npv", "f1", "kappa", "auc")


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A number, or NaN and the reason why there is none."""

    value: float
    reason: str = ""

    def __post_init__(self):
        if math.isnan(self.value) != bool(self.reason):
            raise ValueError(
                "an undefined value, and no other, wants a reason. "
                f"Received: value={self.value}, reason={self.reason!r}"
            )


@dataclass(frozen=True, kw_only=True, eq=False)
class Metrics:
    """What `measure` finds.

    Args:
        overall: by the names in `OVERALL`.
        per_class: for each class, by the names in `PER_CLASS`, one against the rest.
        confusion: counts, true class by predicted class, int `[K, K]`.
    """

    overall: dict[str, Measure]
    per_class: tuple[dict[str, Measure], ...]
    confusion: np.ndarray


def auc(labels: np.ndarray, probabilities: np.ndarray) -> float:
    """Area under the ROC curve.

    Args:
        labels: class indices, int `[N]`.
        probabilities: `[N, K]`. Two classes: the AUC of class 1. More: the mean of
            the one-vs-rest AUCs.
    Returns:
        NaN if a class has no sample or a probability is not finite.
    """
    labels, probabilities = np.asarray(labels), np.asarray(probabilities)
    classes = probabilities.shape[1]
    if classes == 2:
        return class_auc(labels, probabilities, 1)
    return float(np.mean([class_auc(labels, probabilities, c) for c in range(classes)]))


def class_auc(labels: np.ndarray, probabilities: np.ndarray, index: int) -> float:
    """AUC of one class against the rest, NaN where either has no sample."""
    positive = labels == index
    if positive.all() or not positive.any() or not np.isfinite(probabilities).all():
        return math.nan
    return float(sklearn_metrics.roc_auc_score(positive, probabilities[:, index]))


def decide(probabilities: np.ndarray) -> np.ndarray:
    """The most probable class, `[N]`; of equal ones the first."""
    return np.argmax(probabilities, axis=1)


def measure(
    labels: np.ndarray, probabilities: np.ndarray, classes: tuple[str, ...]
) -> Metrics:
    """All metrics of N samples (or patients).

    Kappa is Cohen's, per class that of the 2 x 2 table. Log loss is the mean negative
    logarithm of the true class's probability (clipped as scikit-learn does). The
    Brier score of two classes is the mean squared error of class 1's probability
    (0..1), of more the squared errors summed over the classes (0..2; Brier, 1950).

    Args:
        labels: class indices, int `[N]`.
        probabilities: `[N, K]`, rows sum to 1.
        classes: K names, for the reasons.
    """
    predicted = decide(probabilities)
    every = np.arange(len(classes))
    confusion = sklearn_metrics.confusion_matrix(labels, predicted, labels=every)
    return Metrics(
        overall=_overall(labels, probabilities, predicted, confusion, classes),
        per_class=tuple(
            _one_vs_rest(labels, probabilities, predicted, c, name)
            for c, name in enumerate(classes)
        ),
        confusion=confusion,
    )


def _overall(
    labels: np.ndarray,
    probabilities: np.ndarray,
    predicted: np.ndarray,
    confusion: np.ndarray,
    classes: tuple[str, ...],
) -> dict[str, Measure]:
    absent = [n for c, n in enumerate(classes) if not confusion[c].sum()]
    no_sample = f"no sample of class {', '.join(absent)}" if absent else ""
    whole = probabilities / probabilities.sum(axis=1, keepdims=True)
    every = np.arange(len(classes))
    truth = np.eye(len(classes))[labels]
    squared = (probabilities - truth) ** 2
    return {
        "accuracy": _number(sklearn_metrics.accuracy_score(labels, predicted)),
        "balanced_accuracy": _unless(
            no_sample,
            lambda: sklearn_metrics.balanced_accuracy_score(labels, predicted),
        ),
        "auc": _unless(no_sample, lambda: auc(labels, probabilities)),
        "kappa": _kappa(labels, predicted),
        "log_loss": _number(sklearn_metrics.log_loss(labels, whole, labels=every)),
        "brier": _number(
            squared[:, 1].mean() if len(classes) == 2 else squared.sum(axis=1).mean()
        ),
    }


def _one_vs_rest(
    labels: np.ndarray,
    probabilities: np.ndarray,
    predicted: np.ndarray,
    index: int,
    name: str,
) -> dict[str, Measure]:
    positive, called = labels == index, predicted == index
    (tn, fp), (fn, tp) = sklearn_metrics.confusion_matrix(
        positive, called, labels=[False, True]
    )
    without = f"no sample of class {name}"
    only = f"no sample of a class other than {name}"
    never, always = f"class {name} is never predicted", f"class {name} is always"
    either = "" if positive.any() or called.any() else f"{without}, nor predicted as it"
    one_sided = without if not positive.any() else only if positive.all() else ""
    return {
        "sensitivity": _share(tp, tp + fn, without),
        "specificity": _share(tn, tn + fp, only),
        "ppv": _share(tp, tp + fp, never),
        "npv": _share(tn, tn + fn, f"{always} predicted"),
        "f1": _unless(either, lambda: sklearn_metrics.f1_score(positive, called)),
        "kappa": _kappa(positive, called),
        "auc": _unless(one_sided, lambda: class_auc(labels, probabilities, index)),
    }


def _number(value: float) -> Measure:
    return Measure(value=float(value))


def _unless(reason: str, compute) -> Measure:  # noqa: ANN001
    """The computed value, or NaN where there is a reason not to compute."""
    return Measure(value=math.nan, reason=reason) if reason else _number(compute())


def _share(part: int, whole: int, reason: str) -> Measure:
    return _unless("" if whole else reason, lambda: part / whole)


def _kappa(labels: np.ndarray, predicted: np.ndarray) -> Measure:
    one = np.unique(labels).size == 1 and np.array_equal(
        np.unique(labels), np.unique(predicted)
    )
    reason = "truth and prediction are one and the same class throughout"
    return _unless(
        reason if one else "",
        lambda: sklearn_metrics.cohen_kappa_score(labels, predicted),
    )
