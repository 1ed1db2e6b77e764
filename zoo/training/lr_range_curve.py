"""The curve of a learning rate range test, and the rate that it says.

The test is that of Smith, Cyclical learning rates, WACV 2017.
"""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipelines.errors import DataError, UsageError
from pipelines.storage import csv_files
from zoo.recipes.optimisation import Optimisation, RangeTest

DIVISOR = 10  # what the rate of the lowest loss is divided by
FEWEST_UPDATES = 20
_BEGINNING = 0.1  # share of the ramp whose means are of too few batches to count


@dataclass(frozen=True, kw_only=True)
class Point:
    """One update of the test, a row of range_test.csv.

    Args:
        loss: before the update, of all samples that have a part in it.
        smoothed_loss: see `smoothed`.
    """

    learning_rate: float
    loss: float
    smoothed_loss: float


def ramp(settings: RangeTest, updates: int) -> np.ndarray:
    """The rates `[updates]`: a geometric series from the lowest to the highest."""
    return np.geomspace(settings.lowest, settings.highest, updates)


def smoothed(losses: Sequence[float], smoothing: float) -> list[float]:
    """Exponential running means without the bias to 0 that the first ones have.

    `m_n = s * m_(n-1) + (1 - s) * loss_n`, divided by `1 - s^n` (Kingma and Ba, 2015,
    section 3, correct the moments of Adam in the same way).
    """
    means, mean = [], 0.0
    for number, loss in enumerate(losses, start=1):
        mean = smoothing * mean + (1 - smoothing) * loss
        means.append(mean / (1 - smoothing**number))
    return means


def lowest(points: Sequence[Point], updates: int) -> Point:
    """The point of the lowest smoothed loss behind the first tenth of the ramp."""
    counted = points[first_counted(updates) :] or points[-1:]
    return min(counted, key=lambda point: point.smoothed_loss)


def chosen(points: Sequence[Point], updates: int) -> float:
    """The learning rate that the test finds, to three digits.

    Raises:
        DataError: the loss was lowest where the ramp begins or ends.
    """
    best = lowest(points, updates)
    place = points.index(best)
    if place <= first_counted(updates):
        raise DataError(
            "the range test found no learning rate: the loss did not fall at any. "
            "Look at range_test.png in the run directory, and begin a new run with a "
            "rate (--lr 1e-3), with more epochs of the test or a lower start "
            f"(--optimisation.range-test.lowest). Received: {len(points)} updates"
        )
    if place == updates - 1:
        raise DataError(
            "the range test found no learning rate: the loss fell up to the highest, "
            f"{best.learning_rate:g}. Look at range_test.png in the run directory, and "
            "begin a new run with a higher --optimisation.range-test.highest"
        )
    return float(f"{best.learning_rate / DIVISOR:.3g}")


def count_updates(steps: int, optimisation: Optimisation) -> int:
    """Updates of a whole test.

    Args:
        steps: per epoch.

    Raises:
        UsageError: too few for a curve.
    """
    epochs = optimisation.range_test.epochs
    updates = epochs * steps // optimisation.accumulate
    if updates < FEWEST_UPDATES:
        needed = math.ceil(FEWEST_UPDATES * optimisation.accumulate / steps)
        raise UsageError(
            f"a range test wants {FEWEST_UPDATES} updates or more. Received: {updates} "
            f"in {epochs} epochs of {steps} steps. Take "
            f"--optimisation.range-test.epochs {needed}"
        )
    return updates


def write(path: str | Path, points: Sequence[Point]) -> None:
    """Writes range_test.csv, whole or not at all; floats read back bit-equal."""
    header = [field.name for field in dataclasses.fields(Point)]
    csv_files.write(path, header, map(dataclasses.astuple, points))


def first_counted(updates: int) -> int:
    """The number of the first update that is not left out as the beginning."""
    return math.ceil(_BEGINNING * updates)
