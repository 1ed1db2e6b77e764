"""KerasTuner's tuner, whose trials are folds of a sweep."""

import contextlib
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras_tuner
from keras_tuner import errors
from keras_tuner.engine.trial import Trial, TrialStatus

from pipelines.storage import atomic_files
from tuning.space import hyperparameters
from tuning.space.space import Space
from tuning.trials import run_trial
from tuning.trials.stop import StoppedError
from tuning.trials.work import Work, Worker

EPOCHS = "optimisation.epochs"
_ROUND_EPOCHS = "tuner/epochs"  # of Hyperband


class SweepTuner(keras_tuner.Tuner):
    """Runs the trials that an oracle suggests, one after the other.

    The oracle keeps its own files, see `tuning.oracles.durable`, and is opened before.

    Args:
        oracle: as KerasTuner has it, or its proxy for one on another machine.
        work: the sweep, and how its trials are run.
        space: what is searched.
        worker: trains the folds of this tuner.
        tuner_id: of several at work on one oracle, which.
    """

    def __init__(
        self,
        oracle: keras_tuner.Oracle,
        *,
        work: Work,
        space: Space,
        worker: Worker,
        tuner_id: str = "tuner0",
    ):
        self._work = work
        self._space = space
        self._worker = worker
        self._is_stopped = False
        with contextlib.redirect_stdout(io.StringIO()):  # it announces a reload
            super().__init__(
                oracle,
                directory=str(work.sweep.path),
                project_name=work.sweep.oracle_path.name,
            )
        self.tuner_id = tuner_id
        self.save()

    def stop(self) -> None:
        """Has the search, in another thread, end after the step that it is at.

        A fold is no such step: it is left. The trial goes on when the sweep does.
        """
        self._is_stopped = True
        self._worker.stop()

    def pre_create_trial(self) -> None:
        """Raises StoppedError where no trial is to follow."""
        if self._is_stopped:
            raise StoppedError

    def run_trial(self, trial: Trial) -> dict[str, float]:
        """The figure of a trial's folds.

        A round of Hyperband trains from the beginning, with the epochs of the round in
        its recipe, so that the recipe tells the whole of it.

        Raises:
            FailedTrialError: the trial has no figure; the search goes on.
            FatalError: anything else, which is the cause, ends the search.
        """
        try:
            values = self._values(trial.hyperparameters.values)
            ended = run_trial.run(self._work, self._worker, trial.trial_id, values)
        except Exception as error:
            raise errors.FatalError(str(error)) from error
        if ended.objective is None:
            raise errors.FailedTrialError(ended.reason)
        return {self._work.sweep.settings.objective: ended.objective}

    def _values(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What a suggestion sets in the recipe."""
        chosen = hyperparameters.active(self._space, values)
        if _ROUND_EPOCHS in values:
            chosen[EPOCHS] = values[_ROUND_EPOCHS]
        return chosen

    def _try_run_and_update_trial(self, trial: Trial) -> None:
        """As KerasTuner's, but a trial that fails has its reason and no stack trace."""
        try:
            self._run_and_update_trial(trial)
            trial.status = TrialStatus.COMPLETED
        except errors.FailedTrialError as error:
            trial.status = TrialStatus.FAILED
            trial.message = str(error)

    def on_trial_end(self, trial: Trial) -> None:
        """Tells the oracle, which saves itself."""
        self.oracle.end_trial(trial)

    def save(self) -> None:
        """Writes the file by which KerasTuner knows a project, whole or not at all."""
        atomic_files.write_text(Path(self._get_tuner_fname()), "{}")

    def reload(self) -> None:
        """Nothing: a tuner has no state, and the oracle is opened before."""
