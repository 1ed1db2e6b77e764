"""The history as TensorBoard scalars."""

import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import keras
import tensorflow as tf

from zoo.runs.history import Epoch

SCALARS = {
    "train": (
        "loss",
        "accuracy",
        "unlabelled_loss",
        "learning_rate",
        "data_wait_share",
        "seconds",
    ),
    "validation": ("val_loss", "val_accuracy", "val_auc", "val_mae", "val_r2"),
}
# TensorBoard looks for "tfevents". TensorFlow's own writer would put the name of the
# host behind it.
FILE = "events.out.tfevents"
VERSION = tf.compat.v1.Event(file_version="brain.Event:2")


class TensorBoardScalars(keras.callbacks.Callback):
    """Writes one point per epoch; training and validation share tag and chart.

    A resumed run's files are written anew from its rows, so no point is double.

    Args:
        directory: `tensorboard/` of the run.
        rows: of the run; grows by one in every epoch, before this callback is called.
    """

    def __init__(self, directory: Path, rows: Sequence[Epoch]):
        super().__init__()
        self._directory = directory
        self._rows = rows
        self._writers: dict[str, tf.io.TFRecordWriter] = {}

    def on_train_begin(self, logs: dict | None = None) -> None:
        for name in SCALARS:
            folder = self._directory / name
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            self._writers[name] = tf.io.TFRecordWriter(str(folder / FILE))
            self._writers[name].write(VERSION.SerializeToString())
        for row in self._rows:
            self._write(row)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self._write(self._rows[-1])

    def on_train_end(self, logs: dict | None = None) -> None:
        for writer in self._writers.values():
            writer.close()

    def _write(self, row: Epoch) -> None:
        for name, columns in SCALARS.items():
            event = tf.compat.v1.Event(wall_time=time.time(), step=row.epoch)
            for column in columns:
                if getattr(row, column) is None:
                    continue
                event.summary.value.add(
                    tag=column.removeprefix("val_"), simple_value=getattr(row, column)
                )
            if name == "validation":
                for target, loss in row.val_losses.items():
                    event.summary.value.add(tag=f"loss_{target}", simple_value=loss)
            self._writers[name].write(event.SerializeToString())
            self._writers[name].flush()
