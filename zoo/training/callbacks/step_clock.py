"""How long the steps of training take, and what the first of them takes more."""

import time
from dataclasses import dataclass, field
from statistics import median

import keras

from zoo.training.callbacks.data_wait import DataWait


@dataclass(kw_only=True)
class StepTimes:
    """Seconds of a training's steps; grows while it goes on.

    Args:
        first: of the first step of every stage, which opens the data and traces the
            graph: of waiting for its batch, and of the rest.
        others: of every other step.
    """

    first: list[tuple[float, float]] = field(default_factory=list)
    others: list[float] = field(default_factory=list)

    @property
    def steps(self) -> float:
        """Of all steps; a first one counts as the median of the others."""
        if not self.others:
            return sum(rest for _, rest in self.first)
        return sum(self.others) + len(self.first) * median(self.others)

    @property
    def waiting(self) -> float:
        """Of waiting for the first batches."""
        return sum(waited for waited, _ in self.first)

    @property
    def tracing(self) -> float:
        """That first steps take more than others; 0 where there are no others."""
        if not self.others:
            return 0.0
        usual = median(self.others)
        return sum(max(0.0, rest - usual) for _, rest in self.first)


class StepClock(keras.callbacks.Callback):
    """Adds the steps of a stage to `times`; must be the last callback.

    Args:
        wait: watches the batches.
    """

    def __init__(self, wait: DataWait, times: StepTimes):
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
