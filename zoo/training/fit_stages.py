"""Keras `fit` with our callbacks, stage by stage; what is kept is the caller's."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

import keras
import tensorflow as tf

from zoo.recipes.transfer import ALL, NONE
from zoo.runs.history import Epoch
from zoo.training.callbacks.data_wait import DataWait
from zoo.training.callbacks.epoch_end import EpochEnd, Stopwatch
from zoo.training.callbacks.terminate_on_nan import TerminateOnNaN
from zoo.training.callbacks.validation import Validation
from zoo.training.data.target_encoding import supervise
from zoo.training.data.training_data import TrainingData
from zoo.training.loop.compile import compile_model
from zoo.training.loop.early_stopping import reason
from zoo.training.loop.inference import Inference
from zoo.training.loop.learning_rate import LearningRateSchedule, StepCounts
from zoo.training.loop.stages import Stage, most_epochs, pending
from zoo.training.loop.weight_averaging import Average, following
from zoo.training.losses.class_weights import of_heads


@dataclass(frozen=True, kw_only=True, eq=False)
class TrainerState:
    """What learns.

    Args:
        training: from volumes to a dict of the targets' numbers, see `Classifier`.
        inference: what is validated and kept: it shares the weights of `training`, or
            is what `average` moves.
        average: what follows the weights; none = they are taken as they are.
        enter: makes those layers trainable that a stage trains, by its `frozen`.
        rate_shares: what share of the learning rate a weight has, by its `id`; where
            none is named, all of it.
    """

    training: keras.Model
    inference: keras.Model
    average: Average | None = None
    enter: Callable[[str], None]
    rate_shares: Mapping[int, float]


class Keeper(Protocol):
    """What is done with the epochs of a training.

    Args:
        rows: of the epochs so far; grows by one in every epoch.
        reached: number of the stage that the weights are in; 0 = of none yet.
    """

    rows: list[Epoch]
    reached: int

    def watch(self, batches: tf.data.Dataset) -> tf.data.Dataset:
        """The same batches of training, seen."""

    def keep(self, stage: Stage) -> None:
        """Called at the end of every epoch, when its row is there."""

    def callbacks(self, wait: DataWait, most: int) -> list[keras.callbacks.Callback]:
        """What else follows a stage; called in every epoch after `keep`.

        Args:
            wait: watches the batches of training.
            most: epochs of all stages.
        """

    def close(self) -> None:
        """Called when a stage is over, also after an error."""


def validation_of(
    trainer_state: TrainerState, training_data: TrainingData, stages: tuple[Stage, ...]
) -> Validation:
    """What judges every epoch."""
    return Validation(
        Inference(trainer_state.inference),
        training_data.validation,
        [output.target_output for output in training_data.weighted_outputs],
        stages[-1].optimisation,
    )


def fit_stages(
    trainer_state: TrainerState,
    training_data: TrainingData,
    stages: tuple[Stage, ...],
    validation: Validation,
    keeper: Keeper,
) -> None:
    """Trains from the end of the keeper's rows to the end of the last stage.

    Args:
        stages: the main one last.
        validation: of the same state and data.

    Raises:
        DataError: the loss became NaN or infinite.
    """
    for stage in pending(keeper.rows, stages):
        if stage.number != keeper.reached:
            enter(trainer_state, training_data, stage)
        if len(stages) > 1:
            print(announced(stage, stages), file=sys.stderr)
        _fit(trainer_state, training_data, stage, stages, validation, keeper)
    stopped = reason(keeper.rows, stages[-1].optimisation)
    if stopped:
        print(stopped, file=sys.stderr)


def announced(stage: Stage, stages: tuple[Stage, ...]) -> str:
    """What a stage trains, in words."""
    trained = {ALL: "the head alone", NONE: "everything"}
    return (
        f"stage {stage.number} of {len(stages)}: trains "
        f"{trained.get(stage.frozen, f'what lies behind {stage.frozen}')}, learning "
        f"rate {stage.optimisation.learning_rate:g}, {stage.optimisation.epochs} epochs"
    )


def enter(
    trainer_state: TrainerState, training_data: TrainingData, stage: Stage
) -> None:
    """Makes the model train what the stage trains, with a new optimizer."""
    trainer_state.enter(stage.frozen)
    compile_model(
        trainer_state.training,
        training_data.weighted_outputs,
        stage.optimisation,
        trainer_state.rate_shares,
    )


def _fit(
    trainer_state: TrainerState,
    training_data: TrainingData,
    stage: Stage,
    stages: tuple[Stage, ...],
    validation: Validation,
    keeper: Keeper,
) -> None:
    wait, rows = DataWait(), keeper.rows
    heads = of_heads(trainer_state.training.output, training_data.weighted_outputs)
    batches = supervise(training_data.train(len(rows)), heads=heads)
    until, most = most_epochs(rows, stage, stages)
    average = trainer_state.average
    callbacks = [
        Stopwatch(wait),
        _learning_rate_schedule(stage, training_data.steps, until, rows),
        *([] if average is None else [following(average)]),
        validation,
        TerminateOnNaN(stages[-1].optimisation.learning_rate),
        EpochEnd(stage=stage, rows=rows, keep=keeper.keep),
        *keeper.callbacks(wait, most),
    ]
    try:
        trainer_state.training.fit(
            wait.watch(keeper.watch(batches).prefetch(tf.data.AUTOTUNE)),
            initial_epoch=len(rows),
            epochs=until,
            steps_per_epoch=training_data.steps,
            callbacks=callbacks,
            shuffle=False,  # the batches come shuffled
            verbose=0,
        )
    finally:
        keeper.close()


def _learning_rate_schedule(
    stage: Stage, steps: int, until: int, rows: list[Epoch]
) -> LearningRateSchedule:
    optimisation = stage.optimisation
    step_counts = StepCounts(
        steps=steps,
        epochs=optimisation.epochs,
        accumulate=optimisation.accumulate,
        before=until - optimisation.epochs,
    )
    return LearningRateSchedule(optimisation, step_counts, rows)
