"""What every oracle here has beside KerasTuner's own: it outlives a kill at any time.

KerasTuner 1.4.8 writes oracle.json and trial.json in place, so that a kill in the
middle leaves half a file; a trial whose file was written but not yet oracle.json is
lost and its values are suggested again; one that had ended but is still listed as
running keeps the figure that was reported and gets a second.
"""

import contextlib
import json
import math
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras_tuner
from keras_tuner.engine.trial import Trial, TrialStatus

from pipelines.storage import atomic_files

_PAUSE_SECONDS = 0.2  # while other trials have to end before the next is known


def never() -> bool:
    """No reason to stop."""
    return False


class DurableOracle(keras_tuner.Oracle):
    """The part of an oracle that stands before KerasTuner's own class.

    Its files are those of KerasTuner, which reads them; each is whole or not there.
    Failed trials never end a search. KerasTuner numbers trials with as many digits as
    its `max_trials` has, and with four where there is none: the numbers of a sweep
    whose `most_trials` rises stay of one length.
    """

    most_trials: int | None = None
    stops: Callable[[], bool] = staticmethod(never)

    def __init__(self, **arguments: Any):
        super().__init__(max_consecutive_failed_trials=sys.maxsize, **arguments)
        self.max_trials = None
        self.verbose = 0

    def remaining_trials(self) -> int | None:
        """How many may still begin; none = as many as the oracle knows."""
        if self.most_trials is None:
            return None
        return max(self.most_trials - len(self.trials), 0)

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Values for a trial, unless no more may begin."""
        if self.remaining_trials() == 0 or self.stops():
            return {"status": TrialStatus.STOPPED, "values": None}
        return super().populate_space(trial_id)

    def create_trial(self, tuner_id: str) -> Trial:
        """As KerasTuner's; where it has to wait it does, outside of any lock."""
        trial = super().create_trial(tuner_id)
        if trial.status == TrialStatus.IDLE:
            time.sleep(_PAUSE_SECONDS)
        return trial

    @keras_tuner.synchronized
    def end_trial(self, trial: Trial) -> None:
        """As KerasTuner's, which saves the trial as running once more."""
        super().end_trial(trial)
        self.save()

    def save(self) -> None:
        """Writes oracle.json, whole or not at all."""
        path = Path(self._get_oracle_fname())
        atomic_files.write_text(path, json.dumps(self.get_state()))

    def _save_trial(self, trial: Trial) -> None:
        path = Path(self._get_trial_dir(trial.trial_id), "trial.json")
        atomic_files.write_text(path, json.dumps(trial.get_state()))

    def reload(self) -> None:
        """Reads the state; trials that were running wait to be taken up again."""
        super().reload()
        for trial_id in sorted(self.trials.keys() - set(self.start_order)):
            # Written, but the state that knows of it was not: it has not begun.
            del self.trials[trial_id]
            shutil.rmtree(self._get_trial_dir(trial_id))
        self.trials = {name: self.trials[name] for name in self.start_order}
        # An end is saved while the trial is still listed as running. The queue is taken
        # from its end.
        waiting = set(self._retry_queue) - set(self.end_order)
        self._retry_queue = sorted(waiting, reverse=True)
        for trial_id in self._retry_queue:
            # What it reported is forgotten: it will report the same once more.
            values = self.trials[trial_id].hyperparameters
            self.trials[trial_id] = Trial(hyperparameters=values, trial_id=trial_id)


@contextlib.contextmanager
def failures_as_losers(oracle: keras_tuner.Oracle):  # noqa: ANN201
    """Has failed trials count as completed with the worst score, while it lasts.

    A round of Hyperband waits for so many completed trials of the one before: a single
    failure would end its bracket.
    """
    worst = -math.inf if oracle.objective.direction == "max" else math.inf
    failed = [t for t in oracle.trials.values() if t.status == TrialStatus.FAILED]
    for trial in failed:
        trial.status, trial.score = TrialStatus.COMPLETED, worst
    try:
        yield
    finally:
        for trial in failed:
            trial.status, trial.score = TrialStatus.FAILED, None


def opened(oracle: DurableOracle, directory: Path, project: str) -> DurableOracle:
    """The oracle with its files below a sweep's directory, read if they are there."""
    oracle._set_project_dir(str(directory), project)
    if Path(oracle._get_oracle_fname()).is_file():
        oracle.reload()
    else:
        oracle.save()
    return oracle
