"""Stops training when the loss is no number any more, and says why that may be."""

import math

import keras

from pipelines.errors import DataError


class NotFiniteLossError(DataError):
    """A loss became NaN or infinite."""


class TerminateOnNaN(keras.callbacks.Callback):
    """Ends training as soon as a loss, also the validation loss, is NaN or infinite.

    It must stand behind `Validation` and before what writes the epoch down, so that
    the last checkpoint is of a whole, finite epoch.

    Args:
        learning_rate: of the recipe, for the message.
    """

    def __init__(self, learning_rate: float):
        super().__init__()
        self._learning_rate = learning_rate
        self._last_loss: float | None = None
        self._epoch = 0

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._epoch = epoch + 1

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        loss = float(logs["loss"])
        if not math.isfinite(loss):
            raise NotFiniteLossError(
                self._message("training", loss, f"step {batch + 1}")
            )
        self._last_loss = loss

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        loss = logs["val_loss"]
        if not math.isfinite(loss):
            raise NotFiniteLossError(self._message("validation", loss, "its end"))

    def _message(self, which: str, loss: float, where: str) -> str:
        what = f"the {which} loss became {loss} in epoch {self._epoch} at {where}"
        if self._last_loss is None:
            return (
                f"{what}, before any finite one: the input or the loaded weights hold "
                "values that are no numbers. Check the data set with "
                "`python -m pipelines.inspect DATASET --verify` and the weights file"
            )
        return (
            f"{what}; the mean loss before was {self._last_loss:.4g}: the optimisation "
            f"diverged. Start a new run with a lower learning rate, --lr "
            f"{self._learning_rate / 10:g} or --lr auto, which finds one; this run "
            "keeps its last whole epoch"
        )
