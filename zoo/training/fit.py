"""Fits a run: from its latest checkpoint to the last epoch, all of it written down."""

from dataclasses import dataclass
from pathlib import Path

import keras
import tensorflow as tf

from pipelines.errors import DataError
from zoo.runs import history
from zoo.training.callbacks import confusion_image
from zoo.training.callbacks.data_wait import DataWait
from zoo.training.callbacks.input_image import InputImage
from zoo.training.callbacks.progress import Progress
from zoo.training.callbacks.tensorboard import TensorBoardScalars
from zoo.training.callbacks.tensorboard_images import TensorBoardImages
from zoo.training.callbacks.validation import Validation
from zoo.training.data.training_data import TrainingData
from zoo.training.fit_stages import TrainerState, enter, fit_stages, validation_of
from zoo.training.loop import checkpoint
from zoo.training.loop.stages import Stage


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
    validation = validation_of(trainer_state, training_data, stages)
    keeper = _OnDisk(trainer_state, training_data, paths, validation, rows, reached)
    fit_stages(trainer_state, training_data, stages, validation, keeper)
    history.write(paths.history, rows)
    best = history.best(rows, stages[-1].optimisation.monitor)
    if not checkpoint.best_path(paths.checkpoints, best.epoch).is_file():
        raise DataError(
            f"the model of the best epoch, {best.epoch}, is missing in "
            f"{paths.checkpoints.name}/. Begin the run anew"
        )
    return best


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
    enter(trainer_state, training_data, stages[reached - 1])
    checkpoint.restore(whole, trainer_state.training, trainer_state.average)
    return rows, reached


class _OnDisk:
    """Keeps the epochs of a run; a `Keeper`.

    The folder of an epoch is the one moment at which it counts as done: model kept if
    best, checkpoint renamed into place, history.csv from the same rows.

    Args:
        rows, reached: of the epochs before.
    """

    def __init__(
        self,
        trainer_state: TrainerState,
        training_data: TrainingData,
        paths: OutputPaths,
        validation: Validation,
        rows: list[history.Epoch],
        reached: int,
    ):
        self.rows = rows
        self.reached = reached
        self._trainer_state = trainer_state
        self._training_data = training_data
        self._paths = paths
        self._validation = validation
        self._input_image = InputImage()
        self._progress: Progress | None = None

    def watch(self, batches: tf.data.Dataset) -> tf.data.Dataset:
        return self._input_image.watch(batches)

    def keep(self, stage: Stage) -> None:
        state, directory = self._trainer_state, self._paths.checkpoints
        epoch = self.rows[-1].epoch
        kept = history.best(self.rows, stage.optimisation.monitor).epoch
        if kept == epoch:
            checkpoint.save_best(directory, state.inference, kept)
        checkpoint.save_epoch(directory, state.training, self.rows, state.average)
        checkpoint.forget_other_bests(directory, kept)
        history.write(self._paths.history, self.rows)

    def callbacks(self, wait: DataWait, most: int) -> list[keras.callbacks.Callback]:
        self._progress = Progress(
            epochs=most, steps=self._training_data.steps, rows=self.rows
        )
        return [
            TensorBoardScalars(self._paths.tensorboard, self.rows),
            self._images(),
            self._progress,
        ]

    def close(self) -> None:
        if self._progress is not None:
            self._progress.close()

    def _images(self) -> TensorBoardImages:
        target_output = self._training_data.weighted_outputs[0].target_output
        images = {
            "input": self._input_image.image,
            "confusion": lambda: confusion_image.drawn(
                self._validation.model_outputs, target_output
            ),
        }
        return TensorBoardImages(
            self._paths.tensorboard, images, self._input_image.reset
        )
