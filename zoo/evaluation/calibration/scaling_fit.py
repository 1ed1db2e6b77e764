"""Scalings fitted to probabilities and the truth, by maximum likelihood."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from sklearn.isotonic import IsotonicRegression

from pipelines.errors import DataError
from zoo.evaluation.calibration.scaling import (
    IsotonicScaling,
    NoScaling,
    Scaling,
    TemperatureScaling,
    VectorScaling,
    log_probabilities,
    softmax,
)

_LOWEST, _HIGHEST = 1e-3, 1e3  # temperatures that are sought among
_STEEPEST = 100  # number of vector scaling; beyond it the classes are separated
_FLAT = 1e-4  # slope of the log loss at its minimum
_NO_MAXIMUM = (
    "the likelihood of the {split} split has no maximum for {method} scaling: {why}. "
    "Choose --scaling {other}"
)


def fit(
    method: str, probabilities: np.ndarray, labels: np.ndarray, *, split: str
) -> Scaling:
    """The scaling under which the truth is most likely.

    Args:
        method: one of `scaling.SCALINGS`.
        probabilities: `[N, K]`.
        labels: class indices, int `[N]`.
        split: their name, for errors.

    Raises:
        DataError: a class without a sample, or no maximum, as where the probabilities
            separate the classes without an error.
    """
    absent = sorted({*range(probabilities.shape[1])} - {*labels.tolist()})
    if absent and method != "none":
        raise DataError(
            f"a scaling wants samples of every class in the {split} split. Received: "
            f"none of {len(absent)} of {probabilities.shape[1]} classes. Choose "
            "--scaling none, or split the data set with more patients there"
        )
    return FITS[method](probabilities, labels, split)


def _temperature(
    probabilities: np.ndarray, labels: np.ndarray, split: str
) -> TemperatureScaling:
    logarithms = log_probabilities(probabilities)

    def loss(log_temperature: float) -> float:
        return _log_loss(logarithms / np.exp(log_temperature), labels)

    stated = logarithms[np.arange(len(labels)), labels]
    why = ""
    if np.all(stated >= logarithms.max(axis=1)):
        why = "the probabilities separate the classes without an error"
    elif np.sum(stated - logarithms.mean(axis=1)) <= 0:
        why = "the probabilities say nothing of the classes"
    if why:
        raise DataError(
            _NO_MAXIMUM.format(split=split, method="temperature", why=why, other="none")
        )
    # Convex in 1 / T, so it has one minimum in log T.
    ends = np.log([_LOWEST, _HIGHEST])
    best = minimize_scalar(loss, bounds=ends, method="bounded", options={"xatol": 1e-9})
    return TemperatureScaling(temperature=float(np.exp(best.x)))


def _vector(probabilities: np.ndarray, labels: np.ndarray, split: str) -> VectorScaling:
    logarithms = log_probabilities(probabilities)
    classes = logarithms.shape[1]
    truth = np.eye(classes)[labels]

    def loss(numbers: np.ndarray) -> tuple[float, np.ndarray]:
        factors, biases = numbers[:classes], numbers[classes:]
        scores = logarithms * factors + biases
        surplus = (softmax(scores) - truth) / len(labels)
        slope = np.concatenate([(surplus * logarithms).sum(0), surplus.sum(0)])
        return _log_loss(scores, labels), slope

    start = np.concatenate([np.ones(classes), np.zeros(classes)])
    options = {"maxiter": 10_000, "maxfun": 20_000, "ftol": 1e-14, "gtol": 1e-9}
    best = minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    ended = np.abs(best.jac).max() < _FLAT and np.abs(best.x).max() < _STEEPEST
    if not ended or best.fun < 1e-6:
        why = "the classes are separated, or too few samples tell its numbers"
        raise DataError(
            _NO_MAXIMUM.format(
                split=split, method="vector", why=why, other="temperature"
            )
        )
    factors, biases = best.x[:classes], best.x[classes:]
    biases = biases - biases.mean()  # a constant of all changes nothing
    return VectorScaling(factors=tuple(factors.tolist()), biases=tuple(biases.tolist()))


def _isotonic(probabilities: np.ndarray, labels: np.ndarray, _: str) -> IsotonicScaling:
    classes = probabilities.shape[1]
    stated, observed = [], []
    for index in (1,) if classes == 2 else range(classes):
        line = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
        line.fit(probabilities[:, index].astype(np.float64), labels == index)
        stated.append(tuple(line.X_thresholds_.tolist()))
        observed.append(tuple(line.y_thresholds_.tolist()))
    return IsotonicScaling(stated=tuple(stated), observed=tuple(observed))


def _none(*_: object) -> NoScaling:
    return NoScaling()


def _log_loss(scores: np.ndarray, labels: np.ndarray) -> float:
    """Mean over the samples of unnormalised logarithms `[N, K]`."""
    highest = scores.max(axis=1)
    norm = highest + np.log(np.exp(scores - highest[:, None]).sum(axis=1))
    return float(np.mean(norm - scores[np.arange(len(labels)), labels]))


FITS: dict[str, Callable[[np.ndarray, np.ndarray, str], Scaling]] = {
    "temperature": _temperature,
    "vector": _vector,
    "isotonic": _isotonic,
    "none": _none,
}
