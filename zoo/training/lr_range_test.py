"""The learning rate range test (Smith, Cyclical learning rates, WACV 2017)."""

import dataclasses
import math
import sys
from collections.abc import Mapping

import keras
import numpy as np
import tensorflow as tf

from pipelines.errors import DataError
from zoo.recipes.optimisation import Optimisation, Schedule
from zoo.training.data.target_encoding import supervise
from zoo.training.data.training_data import TrainingData
from zoo.training.loop.compile import compile_model
from zoo.training.losses.class_weights import of_heads
from zoo.training.lr_range_curve import (
    Point,
    count_updates,
    first_counted,
    ramp,
    smoothed,
)

_DIVERGED = 4  # times the lowest smoothed loss so far


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
        counted = self.points[first_counted(len(self._rates)) :]
        best = min((point.smoothed_loss for point in counted), default=math.inf)
        self.model.stop_training = len(self.points) == len(self._rates) or (
            mean > _DIVERGED * best
        )
