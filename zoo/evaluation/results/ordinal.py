"""The verdict on grades: that on classes, and how far off the wrong ones are.

`quadratic_kappa`
    Cohen's kappa weighted by the square of the distance (Cohen, 1968): 1 = all right,
    0 = by chance, one grade off counts a quarter of two.
`grade_error`
    The mean distance between the true and the most probable grade.
"""

import math

import numpy as np

from zoo.evaluation.metrics import classification as classification_metrics
from zoo.evaluation.metrics.bootstrap import blocks
from zoo.evaluation.metrics.classification import Measure
from zoo.evaluation.metrics.classification_resampled import confusions
from zoo.evaluation.metrics.intervals import Interval, percentile
from zoo.evaluation.predictions.by_patient import by_patient, patient_index
from zoo.evaluation.predictions.classes import Predictions
from zoo.evaluation.results import classification as classification_results
from zoo.evaluation.results.classification import Settings, entry_of

OVERALL = ("quadratic_kappa", "grade_error")


def judge(predictions: Predictions, settings: Settings) -> dict:
    """The metrics of one split as `judgement.judge`, with those of `OVERALL`."""
    found = classification_results.judge(predictions, settings)
    found["sample"] |= _level(predictions, settings)
    if found["patient"]["defined"]:
        found["patient"] |= _level(by_patient(predictions), settings)
    return found


def measures(predictions: Predictions) -> dict[str, Measure]:
    """All metrics of the rows as they are, without intervals."""
    found = classification_metrics.measure(
        predictions.label, predictions.probabilities, predictions.classes
    )
    return {**found.overall, **_measured(found.confusion)}


def quadratic_kappa(confusion: np.ndarray) -> np.ndarray:
    """Of counts `[..., K, K]`, true by predicted; NaN where all are of one grade."""
    far = _distances(confusion.shape[-1]) ** 2
    total = confusion.sum(axis=(-2, -1))
    expected = (
        confusion.sum(axis=-1)[..., :, None] * confusion.sum(axis=-2)[..., None, :]
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        by_chance = (far * expected).sum(axis=(-2, -1)) / total
        return 1 - (far * confusion).sum(axis=(-2, -1)) / by_chance


def grade_error(confusion: np.ndarray) -> np.ndarray:
    """Of counts `[..., K, K]`, true by predicted."""
    off = (_distances(confusion.shape[-1]) * confusion).sum(axis=(-2, -1))
    return off / confusion.sum(axis=(-2, -1))


def _distances(classes: int) -> np.ndarray:
    return np.abs(np.subtract.outer(np.arange(classes), np.arange(classes)))


def _measured(confusion: np.ndarray) -> dict[str, Measure]:
    kappa = float(quadratic_kappa(confusion))
    reason = ""
    if math.isnan(kappa):
        reason = "truth and prediction are one and the same grade throughout"
    return {
        "quadratic_kappa": Measure(value=kappa, reason=reason),
        "grade_error": Measure(value=float(grade_error(confusion))),
    }


def _level(predictions: Predictions, settings: Settings) -> dict:
    labels, called = (
        predictions.label,
        classification_metrics.decide(predictions.probabilities),
    )
    classes = len(predictions.classes)
    whole = confusions(labels, called, np.ones((1, len(labels))), classes)
    stratum, how = classification_results.strata(predictions)
    spread = None
    if stratum is not None:
        patient = patient_index(predictions)
        drawn = blocks(stratum, settings.bootstrap, len(labels), settings.seed)
        spread = np.concatenate(
            [confusions(labels, called, one[:, patient], classes) for one in drawn]
        )
    functions = {"quadratic_kappa": quadratic_kappa, "grade_error": grade_error}
    return {
        name: entry_of(measure, _interval(spread, how, functions[name], settings))
        for name, measure in _measured(whole[0]).items()
    }


def _interval(
    spread: np.ndarray | None,
    how: str,
    function,  # noqa: ANN001
    settings: Settings,
) -> Interval:
    if spread is None:
        return Interval(method="bootstrap", reason=how.removeprefix("none: "))
    return percentile(function(spread), settings.confidence)
