"""A chief's oracle: one step at a time, and each running trial is one worker's.

KerasTuner's own chief waits for ever for a worker that died, takes what any worker
says of any trial, and never lets go of its lock when a step fails.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping

import keras_tuner
from keras_tuner.engine.trial import Trial, TrialStatus
from keras_tuner.src.engine import oracle as oracle_module

from tuning.cluster.presence import Presence
from tuning.oracles.durable import DurableOracle
from tuning.trials import best_recipe
from tuning.trials.sweep import Sweep
from tuning.trials.work import TrialTakenError


class LeasedOracle:
    """What the workers of a chief ask, by their names.

    Args:
        oracle: opened.
        sweep: on disk.
        presence: of the workers.
        stops: whether no further trial may begin.
        held: trials that workers of a chief before were at, by their names: theirs
            still, if they give a sign of life in time.
    """

    def __init__(
        self,
        oracle: DurableOracle,
        *,
        sweep: Sweep,
        presence: Presence,
        stops: Callable[[], bool],
        held: Mapping[str, str],
    ):
        self.fault: Exception | None = None
        self._oracle = oracle
        self._sweep = sweep
        self._presence = presence
        self._stops = stops
        self._is_spent = False
        self._is_exhausted = False
        self._lock = threading.Lock()
        for name, trial_id in held.items():
            if trial_id in oracle._retry_queue:
                oracle._retry_queue.remove(trial_id)
                oracle.ongoing_trials[name] = oracle.trials[trial_id]
                presence.heard(name)

    def create_trial(self, tuner_id: str) -> Trial:
        """The next trial of a worker, with its values alone, or that which it is at.

        While others are at their trials there may be one of theirs to take up.
        """
        with self._turn() as oracle:
            trial = Trial(keras_tuner.HyperParameters(), status=TrialStatus.STOPPED)
            if not self._is_spent:
                trial = oracle.create_trial(tuner_id)
            if trial.status == TrialStatus.STOPPED:
                self._is_exhausted = not oracle.ongoing_trials
                if not (self._is_exhausted or self._is_spent or self._stops()):
                    trial.status = TrialStatus.IDLE
            # KerasTuner prints where it writes a space with conditions as a message.
            values = keras_tuner.HyperParameters()
            values.values = dict(trial.hyperparameters.values)
            return Trial(values, trial_id=trial.trial_id, status=trial.status)

    def end(
        self,
        name: str,
        trial_id: str,
        *,
        status: str,
        figures: Mapping[str, float],
        message: str,
    ) -> None:
        """Ends a trial of a worker.

        Raises:
            TrialTakenError: another has it, or will.
        """
        with self._turn() as oracle:
            self._check(name, trial_id)
            if figures:
                oracle.update_trial(trial_id, dict(figures))
            values = oracle.trials[trial_id].hyperparameters
            ended = Trial(values, trial_id=trial_id, status=status)
            ended.message = message or None
            oracle.end_trial(ended)
            best_recipe.refresh(self._sweep)  # another may have ended just before

    def check(self, name: str, trial_id: str) -> None:
        """Raises TrialTakenError where a trial is not a worker's any more."""
        with self._turn():
            self._check(name, trial_id)

    def give_back(self, name: str, *, is_spent: bool = False) -> str | None:
        """Has the trial of a worker wait for another.

        Args:
            is_spent: no further fold can be expected to end within the budget.

        Returns:
            The trial's number; none where the worker was at none.
        """
        with self._turn() as oracle:
            self._is_spent |= is_spent
            oracle.tuner_ids.discard(name)
            trial = oracle.ongoing_trials.pop(name, None)
            if trial is None:
                return None
            # The queue is taken from its end.
            waiting = {*oracle._retry_queue, trial.trial_id}
            oracle._retry_queue = sorted(waiting, reverse=True)
            oracle.save()
            return trial.trial_id

    def take_back(self) -> list[tuple[str, str | None]]:
        """Has the trials of silent workers wait for others.

        Returns:
            Name and trial, where there was one, of each that has gone silent.
        """
        return [(name, self.give_back(name)) for name in self._presence.gone()]

    @property
    def trial_ids(self) -> list[str]:
        """Of all that were begun."""
        with self._turn() as oracle:
            return list(oracle.start_order)

    @property
    def is_over(self) -> bool:
        """Whether nobody is there and nothing is left to do."""
        with self._turn() as oracle:
            if self._presence.names or oracle.ongoing_trials:
                return False
            if self._is_spent or self._stops():
                return True
            done = self._is_exhausted or oracle.remaining_trials() == 0
            return done and not oracle._retry_queue

    def _check(self, name: str, trial_id: str) -> None:
        trial = self._oracle.ongoing_trials.get(name)
        if trial is None or trial.trial_id != trial_id:
            raise TrialTakenError(trial_id)

    @contextlib.contextmanager
    def _turn(self) -> Iterator[DurableOracle]:
        """The oracle, for one step; what makes a step fail ends the chief."""
        with self._lock:
            try:
                yield self._oracle
            except TrialTakenError:
                raise
            except Exception as error:
                self.fault = error
                raise
            finally:
                # KerasTuner's own lock stays shut after a step that failed.
                oracle_module.LOCKS.pop(self._oracle, None)
                oracle_module.THREADS.pop(self._oracle, None)
