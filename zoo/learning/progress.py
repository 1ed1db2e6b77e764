"""What the terminal shows while a network trains."""

from collections.abc import Sequence

import keras
from tqdm import tqdm

from zoo.learning.history import Epoch


class Progress(keras.callbacks.Callback):
    """One bar over all steps, with the time left, and one line per epoch.

    The time left is that of all epochs: early stopping may end it sooner.

    Args:
        epochs: at most.
        steps: per epoch.
        rows: of the run; grows by one in every epoch, before this callback is called.
    """

    def __init__(self, *, epochs: int, steps: int, rows: Sequence[Epoch]):
        super().__init__()
        self._epochs = epochs
        self._steps = steps
        self._rows = rows
        self._bar: tqdm | None = None

    def on_train_begin(self, logs: dict | None = None) -> None:
        self._bar = tqdm(
            total=self._epochs * self._steps,
            initial=len(self._rows) * self._steps,
            unit="step",
            mininterval=1.0,
        )

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._bar.set_description(f"epoch {epoch + 1}/{self._epochs}", refresh=False)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._bar.set_postfix(loss=f"{float(logs['loss']):.4f}", refresh=False)
        self._bar.update()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self._bar.write(self._rows[-1].line, file=self._bar.fp)

    def close(self) -> None:
        """Takes the bar off, also after an error, for which Keras has no hook."""
        if self._bar is not None:
            self._bar.close()
