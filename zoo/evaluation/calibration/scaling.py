"""Scalings of class probabilities, as they are applied: NumPy alone.

Temperature and vector scaling (Guo et al., 2017) act on the logarithms of the
probabilities, which are the logits less a constant: so a temperature gives what it
gives on logits. Vector scaling of two classes is beta calibration (Kull et al., 2017).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from pipelines.storage import config_files

SMALLEST = float(np.finfo(np.float32).tiny)  # a network's smallest probability
Numbers = tuple[float, ...]


class Scaling(Protocol):
    """From probabilities `[N, K]` to calibrated ones."""

    def calibrated(self, probabilities: np.ndarray) -> np.ndarray:
        """Float64 `[N, K]`, rows sum to 1 where they did."""


@dataclass(frozen=True, kw_only=True)
class NoScaling:
    """Probabilities as they are."""

    def calibrated(self, probabilities: np.ndarray) -> np.ndarray:
        """The same numbers."""
        return np.asarray(probabilities, np.float64)


@dataclass(frozen=True, kw_only=True)
class TemperatureScaling:
    """All logits divided by one positive number; no decision changes."""

    temperature: float

    def __post_init__(self):
        if not 0 < self.temperature < np.inf:
            raise ValueError(f"a temperature is positive. Received: {self.temperature}")

    def calibrated(self, probabilities: np.ndarray) -> np.ndarray:
        """See `Scaling.calibrated`."""
        return softmax(log_probabilities(probabilities) / self.temperature)


@dataclass(frozen=True, kw_only=True)
class VectorScaling:
    """Every class's logarithm times a factor of its own, plus a bias: K of each."""

    factors: Numbers
    biases: Numbers

    def __post_init__(self):
        if (
            len(self.factors) != len(self.biases)
            or not np.isfinite([*self.factors, *self.biases]).all()
        ):
            raise ValueError(
                "a class has one factor and one bias, both finite. Received: "
                f"{self.factors} and {self.biases}"
            )

    def calibrated(self, probabilities: np.ndarray) -> np.ndarray:
        """See `Scaling.calibrated`."""
        logarithms = log_probabilities(probabilities)
        return softmax(logarithms * np.array(self.factors) + np.array(self.biases))


@dataclass(frozen=True, kw_only=True)
class IsotonicScaling:
    """A rising line of steps a class (Zadrozny and Elkan, 2002).

    Of two classes there is the one of class 1; of more, one of each class against the
    rest, and the K values are divided by their sum.

    Args:
        stated: probabilities at the knots of each line, rising.
        observed: what they become, rising; linear between knots, constant outside.
    """

    stated: tuple[Numbers, ...]
    observed: tuple[Numbers, ...]

    def __post_init__(self):
        for stated, observed in zip(self.stated, self.observed, strict=True):
            rising = np.all(np.diff(stated) >= 0) and np.all(np.diff(observed) >= 0)
            if not stated or len(stated) != len(observed) or not rising:
                raise ValueError("the knots of an isotonic line rise")
            if not 0 <= observed[0] <= observed[-1] <= 1:
                raise ValueError("an isotonic line gives probabilities")

    def calibrated(self, probabilities: np.ndarray) -> np.ndarray:
        """See `Scaling.calibrated`; where all K values are 0, probabilities stay."""
        probabilities = np.asarray(probabilities, np.float64)
        lines = list(zip(self.stated, self.observed))
        if len(lines) == 1:
            of_one = np.interp(probabilities[:, 1], *lines[0])
            return np.stack([1 - of_one, of_one], axis=1)
        columns = [
            np.interp(column, *line) for column, line in zip(probabilities.T, lines)
        ]
        values = np.stack(columns, axis=1)
        sums = values.sum(axis=1, keepdims=True)
        return np.where(sums > 0, values / np.where(sums > 0, sums, 1), probabilities)


SCALINGS: dict[str, type] = {
    "temperature": TemperatureScaling,
    "vector": VectorScaling,
    "isotonic": IsotonicScaling,
    "none": NoScaling,
}


def name_of(scaling: Scaling) -> str:
    """Its name in `SCALINGS`."""
    return next(name for name, kind in SCALINGS.items() if isinstance(scaling, kind))


def to_fields(scaling: Scaling) -> dict[str, Any]:
    """As JSON has it."""
    return config_files.to_variant(scaling, SCALINGS, "method")


def from_fields(fields: Mapping[str, Any]) -> Scaling:
    """What `to_fields` gave.

    Raises:
        DataError: no such scaling, or numbers that it can't have.
    """
    return config_files.from_variant(fields, SCALINGS, "method", name="scaling")


def log_probabilities(probabilities: np.ndarray) -> np.ndarray:
    """Natural logarithms, float64; of 0 that of the smallest float32."""
    return np.log(np.maximum(np.asarray(probabilities, np.float64), SMALLEST))


def softmax(values: np.ndarray) -> np.ndarray:
    """Over the last axis."""
    exponentials = np.exp(values - values.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)
