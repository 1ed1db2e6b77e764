"""A worker whose trial another takes up when it is silent."""

from typing import Protocol, Self

from pipelines.errors import DataError
from tuning.cluster.heartbeat import Heartbeat
from tuning.cluster.shared_oracle import SharedOracle
from tuning.trials import fold_result
from tuning.trials.fold_result import FoldResult
from tuning.trials.fold_task import FoldTask


class Trains(Protocol):
    """What trains folds while a block runs."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *of: object) -> None: ...

    def run(self, task: FoldTask) -> FoldResult:
        """Trains a fold."""


class SharedWorker:
    """Trains folds of trials that it holds, and gives signs of life meanwhile.

    Args:
        trains: what the folds are trained by.
        heartbeat: of this worker.
    """

    def __init__(self, trains: Trains, heartbeat: Heartbeat):
        self._trains = trains
        self.heartbeat = heartbeat
        self.oracle: SharedOracle | None = None  # given when there is one

    def __enter__(self) -> Self:
        self.heartbeat.__enter__()
        self._trains.__enter__()
        return self

    def __exit__(self, *of: object) -> None:
        try:
            self._trains.__exit__(*of)
        finally:
            self.oracle.give_back()
            self.heartbeat.__exit__(*of)

    def run(self, task: FoldTask) -> FoldResult:
        """Trains a fold; what becomes of it counts while the trial is held.

        Raises:
            TrialTakenError: another worker runs the trial by now.
        """
        trial_id = task.directory.parent.name
        self.oracle.check(trial_id)
        try:
            result = self._trains.run(task)
        except DataError:
            # The fold may have been written by the one that held the trial before,
            # whose process went on though it gave no sign.
            self.oracle.check(trial_id)
            result = fold_result.read(task.directory)
            if result is None:
                raise
        self.oracle.check(trial_id)
        return result
