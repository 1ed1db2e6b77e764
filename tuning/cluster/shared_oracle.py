"""An oracle without a chief: each worker advances its files in turn, under a lock."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras_tuner
from keras_tuner.engine.trial import Trial, TrialStatus
from keras_tuner.src.engine import oracle as oracle_module

from pipelines.errors import UsageError
from pipelines.storage import lock
from pipelines.storage.lock import LockedError
from tuning.cluster.leases import Leases
from tuning.oracles.durable import DurableOracle
from tuning.trials import best_recipe
from tuning.trials.sweep import Sweep
from tuning.trials.work import TrialTakenError

LOCK = ".lock"  # that a search without colleagues holds from its begin to its end
_WAIT_SECONDS = 300.0  # for the others, who hold the lock for one suggestion each
_PAUSE_SECONDS = 0.5  # while others run what has to end first


class SharedOracle:
    """What a tuner asks in the oracle's place, for one of many workers.

    The state is read before each step and written after it. What a trial reports is
    kept here until its end, so that both are one step.

    Args:
        opened: the oracle as its files have it now.
        stops: whether no further trial may begin.
        sweep: on disk.
        name: of the worker.
        leases: as the worker sees them.
    """

    def __init__(
        self,
        opened: Callable[[], DurableOracle],
        *,
        stops: Callable[[], bool],
        sweep: Sweep,
        name: str,
        leases: Leases,
    ):
        self._opened = opened
        self._stops = stops
        self._sweep = sweep
        self._name = name
        self._leases = leases
        self._reports: dict[str, tuple[dict[str, Any], int]] = {}
        self._trials: dict[str, Trial] = {}
        with self._turn() as oracle:
            self.objective: keras_tuner.Objective = oracle.objective

    def create_trial(self, tuner_id: str) -> Trial:
        """The next trial for this worker: one that nobody is at any more, or a new one.

        While others are at their trials there may be one of theirs to take up.
        """
        self._reports.clear()
        with self._turn() as oracle:
            held = self._leases.of_others(ended=oracle.end_order)
            for trial_id, name in held.items():
                oracle.ongoing_trials[name] = oracle.trials[trial_id]
            queue = oracle._retry_queue
            oracle._retry_queue = [one for one in queue if one not in held]
            trial = oracle.create_trial(self._name)
            if trial.status == TrialStatus.RUNNING:
                self._leases.take(trial.trial_id)
                self._trials = {trial.trial_id: trial}
        if trial.status == TrialStatus.STOPPED and held and not self._stops():
            trial.status = TrialStatus.IDLE
        if trial.status == TrialStatus.IDLE:
            time.sleep(_PAUSE_SECONDS)
        return trial

    def get_trial(self, trial_id: str) -> Trial:
        """A trial of this worker, as it began."""
        return self._trials[trial_id]

    def update_trial(
        self, trial_id: str, metrics: dict[str, Any], step: int = 0
    ) -> Trial:
        """Keeps the figure of a trial until its end."""
        self._reports[trial_id] = (metrics, step)
        return self._trials[trial_id]

    def end_trial(self, trial: Trial) -> None:
        """Ends a trial.

        Raises:
            TrialTakenError: another worker runs it by now.
        """
        with self._turn() as oracle:
            self.check(trial.trial_id)
            oracle._retry_queue.remove(trial.trial_id)
            running = oracle.trials[trial.trial_id]
            running.status = TrialStatus.RUNNING
            oracle.ongoing_trials[self._name] = running
            if trial.trial_id in self._reports:
                metrics, step = self._reports.pop(trial.trial_id)
                oracle.update_trial(trial.trial_id, metrics, step=step)
            oracle.end_trial(trial)
            best_recipe.refresh(self._sweep)  # another may have ended just before
            self._leases.give_back(trial.trial_id)

    def check(self, trial_id: str) -> None:
        """Raises TrialTakenError where another worker runs a trial by now."""
        if not self._leases.is_mine(trial_id):
            raise TrialTakenError(trial_id)

    def give_back(self) -> None:
        """Leaves what this worker has not ended to the others."""
        for trial_id in self._trials:
            if self._leases.is_mine(trial_id):
                self._leases.give_back(trial_id)

    @contextlib.contextmanager
    def _turn(self) -> Iterator[DurableOracle]:
        """The oracle, which is this worker's alone while the block runs."""
        with held(self._sweep.path):
            oracle = self._opened()
            try:
                yield oracle
            finally:
                # KerasTuner would keep every oracle that there ever was.
                oracle_module.LOCKS.pop(oracle, None)
                oracle_module.THREADS.pop(oracle, None)


@contextlib.contextmanager
def held(sweep: Path, wait_seconds: float = _WAIT_SECONDS) -> Iterator[None]:
    """Holds the lock of a sweep that is shared, for a step.

    Raises:
        UsageError: a search without --join has it.
    """
    block = contextlib.ExitStack()
    try:
        block.enter_context(
            lock.hold(sweep / LOCK, subject=str(sweep), wait_seconds=wait_seconds)
        )
    except LockedError as error:
        raise UsageError(
            f"{sweep} is being searched by {error.holder}, without --join. Wait until "
            "it has ended, or end it and give its command with --join"
        ) from error
    with block:
        yield
