"""Keras `fit` with our callbacks: from the latest checkpoint to the last epoch."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import keras
import tensorflow as tf

from pipelines.errors import DataError
from zoo.recipes.transfer import ALL, NONE
from zoo.runs import history
from zoo.training.callbacks import confusion_image
from zoo.training.callbacks.data_wait import DataWait
from zoo.training.callbacks.epoch_end import EpochEnd, Stopwatch
from zoo.training.callbacks.input_image import InputImage
from zoo.training.callbacks.progress import Progress
from zoo.training.callbacks.tensorboard import TensorBoardScalars
from zoo.training.callbacks.tensorboard_images import TensorBoardImages
from zoo.training.callbacks.terminate_on_nan import TerminateOnNaN
from zoo.training.callbacks.validation import Validation
from zoo.training.data.target_encoding import supervise
from zoo.training.data.training_data import TrainingData
from zoo.training.loop import checkpoint
from zoo.training.loop.compile import compile_model
from zoo.training.loop.early_stopping import reason
from zoo.training.loop.inference import Inference
from zoo.training.loop.learning_rate import LearningRateSchedule, StepCounts
from zoo.training.loop.stages import Stage, most_epochs, pending
from zoo.training.loop.weight_averaging import Average, following
from zoo.training.losses.class_weights import of_heads


@dataclass(frozen=True, kw_only=True)
class OutputPaths:
    """Where fitting writes, in the run directory.

    Args:
        checkpoints: folder of checkpoints and of the best model so far.
        history: the CSV file.
        tensorboard: folder of event files.
    """

    checkpoints: Path
    history: Path
    tensorboard: Path


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


def fit(
    trainer_state: TrainerState,
    training_data: TrainingData,
    paths: OutputPaths,
    stages: tuple[Stage, ...],
) -> history.Epoch:
    """Trains to the end of the last stage, going on after the last whole epoch if any.

    Args:
        stages: the main one last.
    Returns:
        The best epoch; its model is `checkpoint.best_path(paths.checkpoints, epoch)`.
    Raises:
        DataError: the loss became NaN or infinite, or the checkpoint doesn't fit.
    """
    rows, reached = _rows_so_far(trainer_state, training_data, paths, stages)
    validation = Validation(
        Inference(trainer_state.inference),
        training_data.validation,
        [output.target_output for output in training_data.weighted_outputs],
        stages[-1].optimisation,
    )
    for stage in pending(rows, stages):
        if stage.number != reached:
            _enter(trainer_state, training_data, stage)
        if len(stages) > 1:
            print(announced(stage, stages), file=sys.stderr)
        _fit(trainer_state, training_data, paths, stage, stages, rows, validation)
    history.write(paths.history, rows)
    optimisation = stages[-1].optimisation
    stopped = reason(rows, optimisation)
    if stopped:
        print(stopped, file=sys.stderr)
    best = history.best(rows, optimisation.monitor)
    if not checkpoint.best_path(paths.checkpoints, best.epoch).is_file():
        raise DataError(
            f"the model of the best epoch, {best.epoch}, is missing in "
            f"{paths.checkpoints.name}/. Begin the run anew"
        )
    return best


def announced(stage: Stage, stages: tuple[Stage, ...]) -> str:
    """What a stage trains, in words."""
    trained = {ALL: "the head alone", NONE: "everything"}
    return (
        f"stage {stage.number} of {len(stages)}: trains "
        f"{trained.get(stage.frozen, f'what lies behind {stage.frozen}')}, learning "
        f"rate {stage.optimisation.learning_rate:g}, {stage.optimisation.epochs} epochs"
    )


def _rows_so_far(
    trainer_state: TrainerState,
    training_data: TrainingData,
    paths: OutputPaths,
    stages: tuple[Stage, ...],
) -> tuple[list[history.Epoch], int]:
    """The history, with all weights as they were at its end, and the stage of it."""
    whole = checkpoint.latest(paths.checkpoints)
    if whole is None:
        if trainer_state.average is not None:
            trainer_state.average.begin()
        return [], 0
    rows = checkpoint.read_rows(
        whole, monitor=stages[-1].optimisation.monitor, stages=len(stages)
    )
    reached = rows[-1].stage
    _enter(trainer_state, training_data, stages[reached - 1])
    checkpoint.restore(whole, trainer_state.training, trainer_state.average)
    return rows, reached


def _enter(
    trainer_state: TrainerState, training_data: TrainingData, stage: Stage
) -> None:
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
    paths: OutputPaths,
    stage: Stage,
    stages: tuple[Stage, ...],
    rows: list[history.Epoch],
    validation: Validation,
) -> None:
    wait, input_image = DataWait(), InputImage()
    heads = of_heads(trainer_state.training.output, training_data.weighted_outputs)
    batches = supervise(training_data.train(len(rows)), heads=heads)
    until, most = most_epochs(rows, stage, stages)
    progress = Progress(epochs=most, steps=training_data.steps, rows=rows)
    callbacks = [
        Stopwatch(wait),
        _learning_rate_schedule(stage, training_data.steps, until, rows),
        *([] if trainer_state.average is None else [following(trainer_state.average)]),
        validation,
        TerminateOnNaN(stages[-1].optimisation.learning_rate),
        _epoch_end(trainer_state, paths, stage, rows),
        TensorBoardScalars(paths.tensorboard, rows),
        _images(training_data, paths, input_image, validation),
        progress,
    ]
    try:
        trainer_state.training.fit(
            wait.watch(input_image.watch(batches).prefetch(tf.data.AUTOTUNE)),
            initial_epoch=len(rows),
            epochs=until,
            steps_per_epoch=training_data.steps,
            callbacks=callbacks,
            shuffle=False,  # the batches come shuffled
            verbose=0,
        )
    finally:
        progress.close()


def _learning_rate_schedule(
    stage: Stage, steps: int, until: int, rows: list[history.Epoch]
) -> LearningRateSchedule:
    optimisation = stage.optimisation
    step_counts = StepCounts(
        steps=steps,
        epochs=optimisation.epochs,
        accumulate=optimisation.accumulate,
        before=until - optimisation.epochs,
    )
    return LearningRateSchedule(optimisation, step_counts, rows)


def _epoch_end(
    trainer_state: TrainerState,
    paths: OutputPaths,
    stage: Stage,
    rows: list[history.Epoch],
) -> EpochEnd:
    return EpochEnd(
        directory=paths.checkpoints,
        table=paths.history,
        inference=trainer_state.inference,
        stage=stage,
        rows=rows,
        average=trainer_state.average,
    )


def _images(
    training_data: TrainingData,
    paths: OutputPaths,
    input_image: InputImage,
    validation: Validation,
) -> TensorBoardImages:
    target_output = training_data.weighted_outputs[0].target_output
    images = {
        "input": input_image.image,
        "confusion": lambda: confusion_image.drawn(
            validation.model_outputs, target_output
        ),
    }
    return TensorBoardImages(paths.tensorboard, images, input_image.reset)
