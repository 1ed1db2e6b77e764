"""The learning rate range test (Smith, Cyclical learning rates, WACV 2017)."""

import dataclasses
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from pipelines.errors import DataError, UsageError
from pipelines.storage import csv_files
from zoo.recipes.optimisation import Optimisation, RangeTest, Schedule
from zoo.training.data.target_encoding import supervise
from zoo.training.data.training_data import TrainingData
from zoo.training.loop.compile import compile_model
from zoo.training.losses.class_weights import of_heads

DIVISOR = 10  # what the rate of the lowest loss is divided by
FEWEST_UPDATES = 20
_BEGINNING = 0.1  # share of the ramp whose means are of too few batches to count
_DIVERGED = 4  # times the lowest smoothed loss so far


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
    counted = points[_first_counted(updates) :] or points[-1:]
    return min(counted, key=lambda point: point.smoothed_loss)


def chosen(points: Sequence[Point], updates: int) -> float:
    """The learning rate that the test finds, to three digits.

    Raises:
        DataError: the loss was lowest where the ramp begins or ends.
    """
    best = lowest(points, updates)
    place = points.index(best)
    if place <= _first_counted(updates):
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


def find(
    training: keras.Model,
    training_data: TrainingData,
    optimisation: Optimisation,
    rate_shares: Mapping[int, float],
) -> list[Point]:
    """Makes the test; all weights and states of the model are the same afterwards.

    It trains as the recipe says, on the batches of its first epochs, at rates of its
    own. It stops where the loss is no number, or has grown to four times its lowest;
    with MixMatch that is the loss of the labelled samples.

    Args:
        rate_shares: see `optimizers.build`.

    Raises:
        UsageError: too few updates for a curve.
        DataError: not one finite loss.
    """
    settings = optimisation.range_test
    updates = count_updates(training_data.steps, optimisation)
    before = [(v, v.value.numpy()) for v in training.variables]
    tried = dataclasses.replace(
        optimisation, learning_rate=settings.lowest, schedule=Schedule()
    )
    compile_model(training, training_data.weighted_outputs, tried, rate_shares)
    climb = _Climb(ramp(settings, updates), optimisation)
    batches = supervise(
        training_data.train(0),
        heads=of_heads(training.output, training_data.weighted_outputs),
    )
    print(f"range test: up to {updates} updates", file=sys.stderr)
    training.fit(
        batches.prefetch(tf.data.AUTOTUNE),
        epochs=settings.epochs,
        steps_per_epoch=training_data.steps,
        callbacks=[climb],
        shuffle=False,
        verbose=0,
    )
    for variable, value in before:
        variable.assign(value)
    if not climb.points:
        raise DataError(
            "the loss of the range test was no number from the beginning on: the input "
            "or the loaded weights hold values that are none. Check the data set with "
            "`python -m pipelines.inspect DATASET --verify` and the weights file"
        )
    return climb.points


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


def _first_counted(updates: int) -> int:
    return math.ceil(_BEGINNING * updates)


class _Climb(keras.callbacks.Callback):
    """Raises the rate from update to update and notes the losses."""

    def __init__(self, rates: np.ndarray, optimisation: Optimisation):
        super().__init__()
        self.points: list[Point] = []
        self._rates = rates
        self._steps = optimisation.accumulate
        self._smoothing = optimisation.range_test.smoothing
        self._waiting: list[float] = []  # losses of the steps of this update
        self._losses: list[float] = []

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        self.model.reset_metrics()  # Keras gives the mean since the last reset
        self.model.optimizer.learning_rate = float(self._rates[len(self._losses)])

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        # MixMatch's other part grows with its ramp, whatever the rate.
        self._waiting.append(float(logs.get("labelled_loss", logs["loss"])))
        if not math.isfinite(self._waiting[-1]):
            self.model.stop_training = True
        elif len(self._waiting) == self._steps:
            self._note(float(np.mean(self._waiting)))
            self._waiting = []

    def _note(self, loss: float) -> None:
        rate = float(self._rates[len(self._losses)])
        self._losses.append(loss)
        mean = smoothed(self._losses, self._smoothing)[-1]
        self.points.append(Point(learning_rate=rate, loss=loss, smoothed_loss=mean))
        counted = self.points[_first_counted(len(self._rates)) :]
        best = min((point.smoothed_loss for point in counted), default=math.inf)
        self.model.stop_training = len(self.points) == len(self._rates) or (
            mean > _DIVERGED * best
        )
