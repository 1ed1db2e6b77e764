"""What the terminal shows while a network trains."""

import sys
from collections.abc import Sequence
from statistics import median

import keras
from tqdm import tqdm

from zoo.runs.history import Epoch


class Progress(keras.callbacks.Callback):
    """One bar over all steps, and one line per epoch, both with the time left.

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
            disable=None,  # only a terminal gets the bar
        )

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        self._bar.set_description(f"epoch {epoch + 1}/{self._epochs}", refresh=False)

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self._bar.set_postfix(loss=f"{float(logs['loss']):.4f}", refresh=False)
        self._bar.update()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        tqdm.write(line(self._rows, self._epochs), file=sys.stderr)

    def close(self) -> None:
        """Takes the bar off, also after an error, for which Keras has no hook."""
        if self._bar is not None:
            self._bar.close()


def line(rows: Sequence[Epoch], epochs: int) -> str:
    """The last epoch in words, and how long all the others may take."""
    row = rows[-1]
    left = (epochs - row.epoch) * median(row.seconds for row in rows)
    return (
        f"epoch {row.epoch}/{epochs}: loss {row.loss:.4f}, "
        f"{_scores(row)}, "
        f"{row.seconds:.1f} s ({row.data_wait_share:.1%} waiting for data), "
        f"at most {left / 60:.1f} min left"
    )


def _scores(row: Epoch) -> str:
    """Those that the target has, in the order of the columns."""
    names = (
        "accuracy",
        "unlabelled_loss",
        "val_loss",
        "val_accuracy",
        "val_auc",
        "val_mae",
        "val_r2",
    )
    digits = {"val_loss": 4, "unlabelled_loss": 4}
    scores = [
        f"{name} {getattr(row, name):.{digits.get(name, 3)}f}"
        for name in names
        if getattr(row, name) is not None
    ]
    further = (f"val_loss_{name} {loss:.4f}" for name, loss in row.val_losses.items())
    return ", ".join([*scores, *further])
