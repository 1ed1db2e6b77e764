"""How long the epochs of training take, and what the first steps take more."""

import time
from dataclasses import dataclass, field
from statistics import median

import keras

from zoo.training.callbacks.data_wait import DataWait


@dataclass(kw_only=True)
class EpochTimes:
    """Seconds of a training's epochs; grows while it goes on.

    The first step of every stage, which opens the data and traces the graph, and the
    first validation, which traces another, count as the median of the others; what they
    take more is `waiting` and `tracing`.

    Args:
        first: of the first step of every stage: of waiting for its batch, and of the
            rest.
        others: of every other step.
        validations: of every epoch.
    """

    first: list[tuple[float, float]] = field(default_factory=list)
    others: list[float] = field(default_factory=list)
    validations: list[float] = field(default_factory=list)

    @property
    def steps(self) -> float:
        """Of all steps of training."""
        if not self.others:
            return sum(rest for _, rest in self.first)
        return sum(self.others) + len(self.first) * median(self.others)

    @property
    def validation(self) -> float:
        """Of all validations."""
        return sum(self.validations) - self._tracing_of_validation

    @property
    def waiting(self) -> float:
        """Of waiting for the first batches."""
        return sum(waited for waited, _ in self.first)

    @property
    def tracing(self) -> float:
        """Of tracing graphs; 0 where there is nothing to compare a first one with."""
        if not self.others:
            return self._tracing_of_validation
        of_first = sum(rest for _, rest in self.first)
        usual = len(self.first) * median(self.others)
        return max(0.0, of_first - usual) + self._tracing_of_validation

    @property
    def _tracing_of_validation(self) -> float:
        first, *others = self.validations or [0.0]
        return max(0.0, first - median(others)) if others else 0.0


class StepClock(keras.callbacks.Callback):
    """Adds the steps of a stage to `times`; must be the last callback.

    Args:
        wait: watches the batches.
    """

    def __init__(self, wait: DataWait, times: EpochTimes):
        super().__init__()
        self._wait = wait
        self._times = times
        self._is_first = True
        self._began = 0.0
        self._waited = 0.0

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        self._began = time.perf_counter()
        self._waited = self._wait.seconds

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        seconds = time.perf_counter() - self._began
        if self._is_first:
            waited = self._wait.seconds - self._waited
            self._times.first.append((waited, seconds - waited))
            self._is_first = False
        else:
            self._times.others.append(seconds)
