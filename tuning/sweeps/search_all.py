"""Has tuners search at once, and ends them together."""

import queue
import threading
import time
from collections.abc import Sequence

from keras_tuner import errors

from tuning.trials.budget import BudgetSpentError
from tuning.trials.stop import StoppedError
from tuning.trials.tuner import SweepTuner
from tuning.trials.work import TrialTakenError, Worker

_END_SECONDS = 10.0  # that the others have for the step that they are at


def search_all(tuners: Sequence[tuple[SweepTuner, Worker]]) -> None:
    """Has every tuner search with its worker, each in a thread if there are several.

    Whatever ends one of them, or this thread, ends all: the folds that they are at are
    left, what they hold is let go of, and then the error is raised. An interrupt in
    these moments ends the waiting.
    """
    if len(tuners) == 1:
        error = _search(*tuners[0])
        if error is not None:
            raise error
        return
    ends: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
    threads = [
        # A process ends without those that are stuck.
        threading.Thread(
            target=lambda *of: ends.put(_search(*of)),
            args=of,
            name=of[0].tuner_id,
            daemon=True,
        )
        for of in tuners
    ]
    try:
        for thread in threads:
            thread.start()
        for _ in threads:
            error = ends.get()
            if error is not None:
                raise error
    except BaseException as error:
        for tuner, _ in tuners:
            tuner.stop()
        _await(threads, tuners, error)
        raise


def _await(
    threads: Sequence[threading.Thread],
    tuners: Sequence[tuple[SweepTuner, Worker]],
    error: BaseException,
) -> None:
    """Waits for the threads; lets go of what those hold that do not end in time."""
    end = time.monotonic() + _END_SECONDS
    for thread, (_, worker) in zip(threads, tuners, strict=True):
        if thread.ident is None:  # it was not started
            continue
        thread.join(max(end - time.monotonic(), 0))
        if thread.is_alive():
            worker.__exit__(type(error), error, error.__traceback__)


def _search(tuner: SweepTuner, worker: Worker) -> BaseException | None:
    """What ended a search before its end; none, also where the time is spent."""
    while True:
        try:
            with worker:
                tuner.search()
        except errors.FatalError as fatal:
            error = fatal.__cause__ or fatal
        except Exception as other:
            error = other
        else:
            return None
        if isinstance(error, BudgetSpentError | StoppedError):
            return None
        if not isinstance(error, TrialTakenError):
            return error
