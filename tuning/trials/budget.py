"""The time that a sweep may take, counted over all the calls that went on with it."""

import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import fmean

from pipelines.storage import atomic_files
from tuning.trials.fold_result import FoldResult
from zoo.runs import json_objects

FILE = "time.json"


class BudgetSpentError(Exception):
    """No further fold can be expected to end within the budget."""


class Budget:
    """A clock that goes on where the last call's stopped.

    What a fold took that was killed is not counted: nothing was kept of it.

    Args:
        path: of the sweep.
        seconds: in all; none = without end.
        clock: seconds that only rise.
    """

    def __init__(
        self,
        path: Path,
        seconds: float | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ):
        self._path = path / FILE
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._before = _spent(self._path)
        self._begun = clock()

    @property
    def spent(self) -> float:
        """Seconds of this call and the ones before."""
        return self._before + self._clock() - self._begun

    @property
    def left(self) -> float | None:
        """Seconds; none = without end."""
        return None if self._seconds is None else max(self._seconds - self.spent, 0.0)

    def note(self) -> None:
        """Writes down what was spent."""
        with self._lock:
            text = json_objects.text({"seconds": round(self.spent, 3)})
            atomic_files.write_text(self._path, text)

    def allows(self, expected_seconds: float) -> bool:
        """Whether something that takes so long can be expected to end in time."""
        return self.left is None or 0 < self.left >= expected_seconds


def _spent(path: Path) -> float:
    if not path.is_file():
        return 0.0
    kind = float | int
    return float(
        json_objects.entry(json_objects.read(path), "seconds", kind, path=path)
    )


def expected_seconds(
    own: Iterable[FoldResult], others: Iterable[tuple[FoldResult, int]], epochs: int
) -> float:
    """What the next fold can be expected to take; 0 where nothing is known.

    Args:
        own: folds of the same trial that are done.
        others: those of other trials, with the epochs that their recipes had.
        epochs: of the fold to come; the time of others is put in proportion.
    """
    taken = [result.seconds for result in own if result.is_finished]
    if not taken:
        taken = [
            result.seconds * epochs / planned
            for result, planned in others
            if result.is_finished
        ]
    return fmean(taken) if taken else 0.0
