"""Metrics of grades: how far off the wrong ones are.

`quadratic_kappa`
    Cohen's kappa weighted by the square of the distance (Cohen, 1968): 1 = all right,
    0 = by chance, one grade off counts a quarter of two.
`linear_kappa`
    The same weighted by the distance itself: one grade off counts half of two.
`grade_error`
    The mean distance between the true and the most probable grade.
"""

from collections.abc import Mapping

import numpy as np

from zoo.evaluation.metrics import classification
from zoo.evaluation.metrics.measure import Measure, measured

OVERALL = ("quadratic_kappa", "linear_kappa", "grade_error")
_ONE_GRADE = "truth and prediction are one and the same grade throughout"
_WHY = {
    "quadratic_kappa": _ONE_GRADE,
    "linear_kappa": _ONE_GRADE,
    "grade_error": "there is no sample",
}


def overall_measures(
    truth: np.ndarray, outputs: Mapping[str, np.ndarray], names: tuple[str, ...]
) -> dict[str, Measure]:
    """Those of classes, and those of `OVERALL`; see `by_kind.METRICS`."""
    labels = truth[:, 0].astype(np.int64)
    metrics = classification.measure(labels, outputs["prob"], names)
    return {**metrics.overall, **measure(metrics.confusion)}


def measure(confusion: np.ndarray) -> dict[str, Measure]:
    """The metrics of counts `[K, K]`, true by predicted; undefined ones say why."""
    return measured(replicate(confusion), _WHY)


def replicate(confusion: np.ndarray) -> dict[str, np.ndarray]:
    """The metrics of counts `[..., K, K]`, true by predicted, `[...]` each."""
    return {
        "quadratic_kappa": _weighted_kappa(confusion, power=2),
        "linear_kappa": _weighted_kappa(confusion, power=1),
        "grade_error": _grade_error(confusion),
    }


def _weighted_kappa(confusion: np.ndarray, *, power: int) -> np.ndarray:
    """NaN where all are of one grade."""
    far = _distances(confusion.shape[-1]) ** power
    total = confusion.sum(axis=(-2, -1))
    expected = (
        confusion.sum(axis=-1)[..., :, None] * confusion.sum(axis=-2)[..., None, :]
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        by_chance = (far * expected).sum(axis=(-2, -1)) / total
        return 1 - (far * confusion).sum(axis=(-2, -1)) / by_chance


def _grade_error(confusion: np.ndarray) -> np.ndarray:
    off = (_distances(confusion.shape[-1]) * confusion).sum(axis=(-2, -1))
    return off / confusion.sum(axis=(-2, -1))


def _distances(classes: int) -> np.ndarray:
    return np.abs(np.subtract.outer(np.arange(classes), np.arange(classes)))
