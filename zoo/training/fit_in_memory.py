"""Fits a network and keeps what its best epoch says of the validation split alone."""

from dataclasses import dataclass

import keras
import tensorflow as tf

from zoo.runs import history
from zoo.runs.history import Epoch
from zoo.training.callbacks.data_wait import DataWait
from zoo.training.callbacks.step_clock import EpochTimes, StepClock
from zoo.training.callbacks.validation import Validation
from zoo.training.data.training_data import TrainingData
from zoo.training.fit_stages import TrainerState, fit_stages, validation_of
from zoo.training.loop.inference import ModelOutputs
from zoo.training.loop.stages import Stage


@dataclass(frozen=True, kw_only=True, eq=False)
class FittedInMemory:
    """What is left of a training whose model is not kept.

    Args:
        rows: of all epochs.
        best: that whose model a run would keep.
        model_outputs: of that model on the validation split.
        times: what the epochs took.
    """

    rows: tuple[Epoch, ...]
    best: Epoch
    model_outputs: ModelOutputs
    times: EpochTimes


def fit(
    trainer_state: TrainerState,
    training_data: TrainingData,
    stages: tuple[Stage, ...],
) -> FittedInMemory:
    """Trains from the beginning to the end of the last stage; writes nothing.

    Args:
        stages: the main one last.

    Raises:
        DataError: the loss became NaN or infinite.
    """
    if trainer_state.average is not None:
        trainer_state.average.begin()
    validation = validation_of(trainer_state, training_data, stages)
    keeper = _InMemory(validation)
    fit_stages(trainer_state, training_data, stages, validation, keeper)
    return FittedInMemory(
        rows=tuple(keeper.rows),
        best=history.best(keeper.rows, stages[-1].optimisation.monitor),
        model_outputs=keeper.best_outputs,
        times=keeper.times,
    )


class _InMemory:
    """Keeps the best epoch's answers; a `Keeper`."""

    def __init__(self, validation: Validation):
        self.rows: list[Epoch] = []
        self.reached = 0
        self.best_outputs: ModelOutputs | None = None
        self.times = EpochTimes(validations=validation.seconds)
        self._validation = validation

    def watch(self, batches: tf.data.Dataset) -> tf.data.Dataset:
        return batches

    def keep(self, stage: Stage) -> None:
        kept = history.best(self.rows, stage.optimisation.monitor)
        if kept is self.rows[-1]:
            self.best_outputs = self._validation.model_outputs

    def callbacks(self, wait: DataWait, most: int) -> list[keras.callbacks.Callback]:
        return [StepClock(wait, self.times)]

    def close(self) -> None:
        pass
