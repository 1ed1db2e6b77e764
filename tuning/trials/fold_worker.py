"""A warm process that trains the folds of trials, one after the other."""

from types import TracebackType
from typing import Self

from tuning.trials.fold_result import FoldResult
from tuning.trials.fold_task import FoldTask


class FoldWorker:
    """Trains folds in a process that keeps TensorFlow loaded, and that may die.

    The process is started by the first fold, ends with the block and with the process
    that started it, and gives way to a new one after a fold that failed, or when it
    has grown.
    """

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        pass

    def run(self, task: FoldTask) -> FoldResult:
        """Trains a fold, whatever becomes of it; one that is done is read.

        Returns:
            What stands in result.json of the task's directory.
        """
        raise NotImplementedError
