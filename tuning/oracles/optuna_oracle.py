"""An oracle of KerasTuner that asks an Optuna study: TPE, in a journal file.

Every trial of KerasTuner's has one of the study's, which names it. The sweep's own
files are the truth: what the journal lacks of them is told to it when a sweep goes on,
and what it has more of them is closed there as failed.
"""

import os
import warnings
from pathlib import Path
from typing import Any

import keras_tuner
import optuna
from keras_tuner.engine import hyperparameters as kinds
from keras_tuner.engine.trial import Trial, TrialStatus
from optuna.storages import journal as journals
from optuna.trial import TrialState

from tuning.oracles.durable import DurableOracle

JOURNAL = "optuna.journal"
_STUDY = "sweep"
_TRIAL_ID = "trial_id"


class OptunaOracle(DurableOracle):
    """Values that a tree-structured Parzen estimator suggests (Bergstra et al., 2011).

    The sampler is seeded anew for each trial, from the seed and the number of trials so
    far, so that a sweep that goes on suggests what it would have without a break.

    Args:
        journal: the file, made where it is absent.
        arguments: those of every oracle.
    """

    def __init__(self, *, journal: Path, **arguments: Any):
        super().__init__(**arguments)
        self._journal = journal
        self._study: optuna.Study | None = None

    @property
    def study(self) -> optuna.Study:
        """The study, opened when it is first asked."""
        if self._study is None:
            self._study = _opened(self._journal, self.objective.direction)
        return self._study

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Values for a trial, unless no more may begin.

        Those that were tried give way to values drawn at random.
        """
        if self.remaining_trials() == 0 or self.stops():
            return {"status": TrialStatus.STOPPED, "values": None}
        self.study.sampler = _sampler(self.seed + len(self.trials))
        asked = self.study.ask()
        values = _suggested(asked, self.hyperparameters)
        if not self._duplicate(values):
            asked.set_user_attr(_TRIAL_ID, trial_id)
            return {"status": TrialStatus.RUNNING, "values": values}
        self.study.tell(asked, state=TrialState.FAIL)
        values = self._random_values()
        if values is None:
            return {"status": TrialStatus.STOPPED, "values": None}
        self._enter(trial_id, values)
        return {"status": TrialStatus.RUNNING, "values": values}

    def end_trial(self, trial: Trial) -> None:
        """Ends it as KerasTuner does, and tells the study."""
        super().end_trial(trial)
        self._tell(self.trials[trial.trial_id])

    def reload(self) -> None:
        """Reads the state, and has the study know the same trials."""
        super().reload()
        for asked in self.study.get_trials(deepcopy=False):
            mine = self.trials.get(asked.user_attrs.get(_TRIAL_ID))
            if asked.state == TrialState.RUNNING and (
                mine is None or self._number(mine.trial_id) != asked.number
            ):
                self.study.tell(asked.number, state=TrialState.FAIL)
        for trial in self.trials.values():
            if self._number(trial.trial_id) is None:
                self._enter(trial.trial_id, trial.hyperparameters.values)
            if trial.trial_id in self.end_order:
                self._tell(trial)

    def _number(self, trial_id: str) -> int | None:
        """Of the study's trial for one of KerasTuner's: the last that names it."""
        numbers = (
            asked.number
            for asked in self.study.get_trials(deepcopy=False)
            if asked.user_attrs.get(_TRIAL_ID) == trial_id
        )
        return max(numbers, default=None)

    def _tell(self, trial: Trial) -> None:
        """What became of a trial; once more is no harm."""
        number = self._number(trial.trial_id)
        if trial.status == TrialStatus.COMPLETED:
            self.study.tell(number, trial.score, skip_if_finished=True)
        else:
            self.study.tell(number, state=TrialState.FAIL, skip_if_finished=True)

    def _enter(self, trial_id: str, values: dict[str, Any]) -> None:
        """Adds a trial that the study did not suggest, as one that runs."""
        space = _active(self.hyperparameters, values)
        distributions = {hp.name: _distribution(hp) for hp in space}
        self.study.add_trial(
            optuna.trial.create_trial(
                state=TrialState.RUNNING,
                params={name: values[name] for name in distributions},
                distributions=distributions,
                user_attrs={_TRIAL_ID: trial_id},
            )
        )


class _HeldAlready(journals.JournalFileOpenLock):
    """No lock: the sweep's directory is held by one process already.

    Optuna's own would wait for half a minute for one that was killed.
    """

    def acquire(self) -> bool:
        """Whether it is held."""
        return True

    def release(self) -> None:
        """Lets go of nothing."""


def _opened(path: Path, direction: str) -> optuna.Study:
    """The study of a journal."""
    _cut_to_whole_lines(path)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    backend = journals.JournalFileBackend(str(path), lock_obj=_HeldAlready(str(path)))
    return optuna.create_study(
        storage=optuna.storages.JournalStorage(backend),
        study_name=_STUDY,
        direction={"max": "maximize", "min": "minimize"}[direction],
        load_if_exists=True,
    )


def _cut_to_whole_lines(path: Path) -> None:
    """Removes what a process that was killed wrote of a line."""
    if not path.is_file():
        return
    whole = path.read_bytes().rfind(b"\n") + 1
    os.truncate(path, whole)


def _sampler(seed: int) -> optuna.samplers.TPESampler:
    with warnings.catch_warnings():  # `constant_liar` is called experimental
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        return optuna.samplers.TPESampler(seed=seed, constant_liar=True)


def _suggested(
    asked: optuna.Trial, declared: keras_tuner.HyperParameters
) -> dict[str, Any]:
    """A value for every parameter whose condition holds."""
    values = keras_tuner.HyperParameters()
    for hp in declared.space:
        values.merge([hp])
        if not values.is_active(hp):
            continue
        if isinstance(hp, kinds.Fixed):
            values.values[hp.name] = hp.value
        else:
            values.values[hp.name] = _drawn(asked, hp)
    return values.values


def _drawn(asked: optuna.Trial, hp: kinds.HyperParameter) -> Any:
    """The study's value of one parameter."""
    range_ = _distribution(hp)
    if isinstance(range_, optuna.distributions.CategoricalDistribution):
        return asked.suggest_categorical(hp.name, range_.choices)
    suggest = asked.suggest_float
    if isinstance(range_, optuna.distributions.IntDistribution):
        suggest = asked.suggest_int
    return suggest(hp.name, range_.low, range_.high, step=range_.step, log=range_.log)


def _active(
    declared: keras_tuner.HyperParameters, values: dict[str, Any]
) -> list[kinds.HyperParameter]:
    """Parameters whose condition holds and that may differ."""
    with_values = declared.copy()
    with_values.values = dict(values)
    return [
        hp
        for hp in with_values.space
        if with_values.is_active(hp) and not isinstance(hp, kinds.Fixed)
    ]


def _distribution(
    hp: kinds.HyperParameter,
) -> optuna.distributions.BaseDistribution:
    """What Optuna draws one of KerasTuner's parameters from."""
    if isinstance(hp, kinds.Boolean):
        return optuna.distributions.CategoricalDistribution((False, True))
    if isinstance(hp, kinds.Choice):
        return optuna.distributions.CategoricalDistribution(tuple(hp.values))
    log = hp.sampling == "log"
    if hp.step is not None and log and hp.step > 1:
        return optuna.distributions.CategoricalDistribution(tuple(hp.values))
    if isinstance(hp, kinds.Int):
        step = 1 if log else hp.step or 1
        return optuna.distributions.IntDistribution(
            hp.min_value, hp.max_value, log=log, step=step
        )
    step = None if log else hp.step
    return optuna.distributions.FloatDistribution(
        hp.min_value, hp.max_value, log=log, step=step
    )
