"""The learning rate of every step, a function of its number and of the history."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import keras

from zoo.recipes.optimisation import Optimisation, Schedule
from zoo.runs import history
from zoo.runs.history import Epoch


@dataclass(frozen=True, kw_only=True)
class StepCounts:
    """How many steps a stage of training takes.

    Args:
        steps: per epoch.
        epochs: at most.
        accumulate: steps per update.
        before: epochs of the stages before.
    """

    steps: int
    epochs: int
    accumulate: int = 1
    before: int = 0


def share(
    schedule: Schedule, step_counts: StepCounts, step: int, reductions: int
) -> float:
    """What the schedule makes of the learning rate 1.

    Every step of an update has the share of its first.

    Args:
        step: counted from 0, over all epochs of the stage.
        reductions: of `"plateau"` so far.
    """
    first = step - step % step_counts.accumulate
    warmup = schedule.warmup_updates * step_counts.accumulate
    warmup = warmup or schedule.warmup_epochs * step_counts.steps
    if first < warmup:
        return min(1.0, (first + step_counts.accumulate) / warmup)
    if schedule.kind == "cosine":
        whole = max(step_counts.steps * step_counts.epochs - warmup, 1)
        falling = (1 + math.cos(math.pi * min((first - warmup) / whole, 1))) / 2
        return schedule.lowest + (1 - schedule.lowest) * falling
    if schedule.kind == "step":
        reductions = first // step_counts.steps // schedule.step_epochs
    return max(schedule.factor**reductions, schedule.lowest)


def reductions(schedule: Schedule, rows: Sequence[Epoch], monitor: str) -> int:
    """How often `"plateau"` has lowered the rate, after the epochs of `rows`.

    It does so when `plateau_epochs` in a row bring no better monitor, and begins to
    count anew (as Keras' `ReduceLROnPlateau`); epochs that warm up do not count. Since
    it follows from the history alone, a resumed run needs no other memory of it.
    """
    if schedule.kind != "plateau":
        return 0
    count, waited, best = 0, 0, math.inf
    for number, row in enumerate(rows):
        cost = history.cost(row, monitor)
        waited = 0 if cost < best else waited + (number >= schedule.warmup_epochs)
        best = min(best, cost)
        if waited == schedule.plateau_epochs:
            count, waited = count + 1, 0
    return count


class LearningRateSchedule(keras.callbacks.Callback):
    """Sets the learning rate before every step.

    Args:
        optimisation: of the stage.
        rows: of the run; grows by one in every epoch.
    """

    def __init__(
        self, optimisation: Optimisation, step_counts: StepCounts, rows: Sequence[Epoch]
    ):
        super().__init__()
        self._optimisation = optimisation
        self._step_counts = step_counts
        self._rows = rows
        self._before = 0  # steps of the stage's epochs before
        self._reductions = 0

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._before = (epoch - self._step_counts.before) * self._step_counts.steps
        rows = self._rows[self._step_counts.before :]
        self._reductions = reductions(
            self._optimisation.schedule, rows, self._optimisation.monitor
        )

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        self.model.optimizer.learning_rate = self._optimisation.learning_rate * share(
            self._optimisation.schedule,
            self._step_counts,
            self._before + batch,
            self._reductions,
        )
