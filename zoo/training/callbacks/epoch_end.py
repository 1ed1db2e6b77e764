"""The end of an epoch: a row in the history, what is kept, and whether to stop."""

import time
from collections.abc import Callable

import keras

from zoo.runs.history import FURTHER, Epoch
from zoo.training.callbacks.data_wait import DataWait
from zoo.training.loop.stages import Stage, is_over
from zoo.training.losses.losses import MAIN_HEAD


class Stopwatch(keras.callbacks.Callback):
    """Adds `data_wait_share` to the logs; must be the first callback.

    Args:
        wait: watches the batches of training.
    """

    def __init__(self, wait: DataWait):
        super().__init__()
        self._wait = wait
        self._began = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._wait.reset()
        self._began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        training = time.perf_counter() - self._began
        logs["data_wait_share"] = self._wait.seconds / training


class EpochEnd(keras.callbacks.Callback):
    """Writes the epoch down and stops when the stage is over; behind `Validation`.

    Args:
        stage: that the epochs belong to.
        rows: of the epochs before; each epoch appends its own.
        keep: called with the epoch's row among the others.
    """

    def __init__(
        self, *, stage: Stage, rows: list[Epoch], keep: Callable[[Stage], None]
    ):
        super().__init__()
        self._stage = stage
        self._rows = rows
        self._keep = keep
        self._began = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._began = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self._rows.append(
            row_of(
                epoch + 1,
                logs,
                stage=self._stage.number,
                seconds=time.perf_counter() - self._began,
                learning_rate=float(self.model.optimizer.learning_rate.value.numpy()),
            )
        )
        self._keep(self._stage)
        self.model.stop_training = is_over(self._rows, self._stage)


def row_of(
    epoch: int,
    logs: dict[str, float],
    *,
    stage: int,
    seconds: float,
    learning_rate: float,
) -> Epoch:
    """The row of one epoch from Keras' logs.

    Keras names the main head's loss and metrics after it only where there are others.
    Of MixMatch the loss is that of the labelled samples.
    """
    labelled = logs.get("labelled_loss", logs["loss"])
    validated = {name: logs[name] for name in logs if name.startswith("val_")}
    further = [name for name in validated if name.startswith(FURTHER)]
    return Epoch(
        epoch=epoch,
        stage=stage,
        seconds=round(seconds, 3),
        data_wait_share=round(logs["data_wait_share"], 5),
        learning_rate=learning_rate,
        loss=float(logs.get(f"{MAIN_HEAD}_loss", labelled)),
        accuracy=logs.get(f"{MAIN_HEAD}_accuracy", logs.get("accuracy")),
        unlabelled_loss=logs.get("unlabelled_loss"),
        val_losses={
            name.removeprefix(FURTHER): validated.pop(name) for name in further
        },
        **validated,
    )
