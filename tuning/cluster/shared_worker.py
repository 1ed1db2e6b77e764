"""A worker whose trial another takes up when it is silent."""

from typing import Protocol, Self

from pipelines.errors import DataError
from tuning.trials import fold_result
from tuning.trials.fold_result import FoldResult
from tuning.trials.fold_task import FoldTask
from tuning.trials.work import Worker


class Signs(Protocol):
    """What gives signs of life while a block runs."""

    def __enter__(self) -> Self:
        """Gives the first one, and has others follow."""

    def __exit__(self, *of: object) -> None:
        """Ends them, and says that this worker has left."""


class Holder(Protocol):
    """What knows whose a trial is, and hands trials to this worker."""

    def check(self, trial_id: str) -> None:
        """Raises TrialTakenError where another worker runs a trial by now."""

    def give_back(self) -> None:
        """Leaves what this worker has not ended to the others."""


class SharedWorker:
    """Trains folds of trials that it holds, and gives signs of life meanwhile.

    Args:
        trains: what the folds are trained by.
        signs: of this worker.
        oracle: that hands it its trials.
    """

    def __init__(self, trains: Worker, *, signs: Signs, oracle: Holder):
        self._trains = trains
        self._signs = signs
        self.oracle = oracle

    def __enter__(self) -> Self:
        self._signs.__enter__()
        self._trains.__enter__()
        return self

    def __exit__(self, *of: object) -> None:
        try:
            self._trains.__exit__(*of)
        finally:
            self.oracle.give_back()
            self._signs.__exit__(*of)

    def stop(self) -> None:
        """Has `run`, in another thread, leave what it is at and end; for good."""
        self._trains.stop()

    def run(self, task: FoldTask) -> FoldResult:
        """Trains a fold; what becomes of it counts while the trial is held.

        Raises:
            TrialTakenError: another worker runs the trial by now.
            StoppedError: at the word of another thread.
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
