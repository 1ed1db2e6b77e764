"""A warm process that trains the folds of trials, one after the other."""

import signal
import time
from collections.abc import Mapping
from types import MappingProxyType, TracebackType
from typing import Any, Self

from pipelines.errors import DataError
from tuning.trials import fold_files, fold_result, fold_task
from tuning.trials.fold_result import FoldResult, Outcome
from tuning.trials.fold_task import FoldTask
from tuning.trials.stop import Stop, StoppedError
from tuning.trials.warm_process import ProcessEndedError, TooLongError, WarmProcess

GROWTH_MB = 500.0  # of resident memory since the first fold, before a new process
_BROKEN = ("failed", "out_of_memory", "too_long")  # what a process does not outlive


class FoldWorker:
    """Trains folds in a process that keeps TensorFlow loaded, and that may die.

    The process is started by the first fold, ends with the block and with the process
    (on Linux the thread) that started it, and gives way to a new one after a fold that
    failed, or when it has grown. Here no model is built.

    With `deterministic` tasks a fold has the same bits as `zoo.train --deterministic`
    and as itself, whatever the process trained before; `TF_ENABLE_ONEDNN_OPTS` is then
    0 unless the environment has a word of its own.

    Args:
        environment: variables of the process, beside those of this one.
    """

    def __init__(self, environment: Mapping[str, str] = MappingProxyType({})):
        self._environment = environment
        self._stop = Stop()
        self._process: WarmProcess | None = None
        self._deterministic = False
        self._first_mb: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None and error is not None:
            self._process.kill()
        self._replace()

    def stop(self) -> None:
        """Has `run`, in another thread, kill the process and end; for good."""
        self._stop.give()

    def run(self, task: FoldTask) -> FoldResult:
        """Trains a fold, whatever becomes of it; one that is done is read.

        Returns:
            What stands in result.json of the task's directory.

        Raises:
            DataError: the directory can't be written, or what it holds not be read.
            StoppedError: at the word of another thread.
        """
        done = fold_result.read(task.directory)
        if done is not None:
            return done
        if self._stop.is_given:
            raise StoppedError
        began = time.perf_counter()
        try:
            answer = self._answer(task, began)
        except ProcessEndedError as error:
            return self._broken(task, began, "failed", _words(error.code))
        except TooLongError:
            why = f"it took more than the {task.max_seconds:g} s that a fold may take"
            return self._broken(task, began, "too_long", why)
        except BaseException:  # e.g. an interrupt: what it is at is nobody's any more
            if self._process is not None:
                self._process.kill()
            self._replace()
            raise
        if "fault" in answer:
            self._replace()
            raise DataError(answer["fault"])
        result = fold_result.of_fields(answer["result"])
        self._judge(result, answer["resident_mb"])
        return result

    def _answer(self, task: FoldTask, began: float) -> dict[str, Any]:
        if self._process is not None and self._deterministic != task.deterministic:
            self._replace()
        start_seconds = 0.0
        if self._process is None:
            self._process = WarmProcess.started(
                deterministic=task.deterministic,
                added=self._environment,
                stop=self._stop,
            )
            self._deterministic = task.deterministic
            start_seconds = time.perf_counter() - began
        message = {"task": fold_task.to_json(task), "start_seconds": start_seconds}
        return self._process.ask(message, task.max_seconds)

    def _broken(
        self, task: FoldTask, began: float, outcome: Outcome, reason: str
    ) -> FoldResult:
        """What became of a fold whose process is no more."""
        self._process = self._first_mb = None
        done = fold_result.read(task.directory)
        if done is not None:  # its answer was lost, not its result
            return done
        result = FoldResult(
            fold=task.fold_name,
            outcome=outcome,
            reason=reason,
            seconds=time.perf_counter() - began,
        )
        try:
            return fold_files.write(
                task.directory, lambda _: result, recipe=task.recipe
            )
        except OSError as error:
            raise DataError(
                f"{task.directory} can't be written: {error.strerror}. Free some space "
                "or make it writable, and give the same command again"
            ) from error

    def _judge(self, result: FoldResult, resident_mb: float) -> None:
        """Lets go of a process that may be broken, or that has grown."""
        if self._first_mb is None:
            self._first_mb = resident_mb
        if result.outcome in _BROKEN or resident_mb > self._first_mb + GROWTH_MB:
            self._replace()

    def _replace(self) -> None:
        if self._process is not None:
            self._process.close()
        self._process = self._first_mb = None


def _words(code: int) -> str:
    """How a process ended."""
    if code >= 0:
        return f"its process ended with exit code {code}"
    name = signal.Signals(-code).name
    hint = ", as the system does when memory runs out" if name == "SIGKILL" else ""
    return f"its process was ended by {name}{hint}"
