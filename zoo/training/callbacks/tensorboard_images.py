"""Images of every epoch for TensorBoard."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from zoo.training.callbacks.tensorboard import FILE, VERSION

FOLDER = "pictures"


class TensorBoardImages(keras.callbacks.Callback):
    """Writes what each source shows at the end of an epoch.

    A run that is resumed keeps the images of its epochs before: every process writes
    a file of its own, named by the epoch that it begins with.

    Args:
        directory: `tensorboard/` of the run.
        sources: by tag; `[h, w]` or `[h, w, 3]` uint8, or none for no image.
        begin: called at the start of every epoch.
    """

    def __init__(
        self,
        directory: Path,
        sources: Mapping[str, Callable[[], np.ndarray | None]],
        begin: Callable[[], None],
    ):
        super().__init__()
        self._directory = directory / FOLDER
        self._sources = sources
        self._begin = begin
        self._writer: tf.io.TFRecordWriter | None = None

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._begin()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        event = tf.compat.v1.Event(wall_time=time.time(), step=epoch + 1)
        for tag, source in self._sources.items():
            image = source()
            if image is not None:
                event.summary.value.add(tag=tag, image=_encoded(image))
        if self._writer is None:
            self._directory.mkdir(parents=True, exist_ok=True)
            path = self._directory / f"{FILE}.{epoch + 1:04d}"
            self._writer = tf.io.TFRecordWriter(str(path))
            self._writer.write(VERSION.SerializeToString())
        self._writer.write(event.SerializeToString())
        self._writer.flush()

    def on_train_end(self, logs: dict | None = None) -> None:
        if self._writer is not None:
            self._writer.close()


def _encoded(image: np.ndarray) -> tf.compat.v1.Summary.Image:
    pixels = image.reshape(*image.shape[:2], -1)
    height, width, colours = pixels.shape
    return tf.compat.v1.Summary.Image(
        height=height,
        width=width,
        colorspace=colours,
        encoded_image_string=tf.io.encode_png(pixels).numpy(),
    )
