"""The history of a run: one row per whole epoch, and what follows from the rows."""

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.errors import DataError
from pipelines.storage import csv_files
from pipelines.storage.csv_files import CsvRow
from pipelines.tables import table_file


@dataclass(frozen=True, kw_only=True)
class Epoch:
    """One row of history.csv; what the main target has not is none.

    Args:
        epoch: counted from 1, over all stages.
        stage: counted from 1.
        seconds: of training and validation together.
        data_wait_share: of the time spent in training steps, waiting for a batch.
        loss: mean training loss of the main head; with balanced classes, weighted.
        accuracy: on the training batches as they came, dropout on.
        unlabelled_loss: of MixMatch, mean squared error of the probabilities of
            unlabelled samples, before its weight.
        val_loss, val_accuracy, val_auc: of the inference model over all validation
            samples, unweighted; see `validation_scores.scores`.
        val_mae, val_r2: likewise, of a regression, which has no accuracy and no AUC.
        val_losses: likewise, of each further target that validation samples know, by
            its name.
    """

    epoch: int
    stage: int = 1
    seconds: float
    data_wait_share: float
    learning_rate: float
    loss: float
    accuracy: float | None = None
    unlabelled_loss: float | None = None
    val_loss: float
    val_accuracy: float | None = None
    val_auc: float | None = None
    val_mae: float | None = None
    val_r2: float | None = None
    val_losses: dict[str, float] = field(default_factory=dict)


_OF_CLASSES = ("accuracy", "val_accuracy", "val_auc")
_OF_NUMBERS = ("val_mae", "val_r2")
_OF_MIXMATCH = ("unlabelled_loss",)
_OF_FURTHER = ("val_losses",)  # a column each
FURTHER = "val_loss_"  # begins it
COUNTED = ("epoch", "stage")


def _without(*groups: tuple[str, ...]) -> tuple[str, ...]:
    left = {name for group in (*groups, _OF_FURTHER) for name in group}
    return tuple(f.name for f in dataclasses.fields(Epoch) if f.name not in left)


COLUMNS = _without(_OF_NUMBERS, _OF_MIXMATCH)  # of targets with classes
COLUMNS_OF_NUMBERS = _without(_OF_CLASSES, _OF_MIXMATCH)
COLUMNS_OF_MIXMATCH = _without(_OF_NUMBERS)


def cells(row: Epoch) -> dict[str, int | float]:
    """What the table has of an epoch, by column; the further targets come last."""
    names = COLUMNS if row.val_r2 is None else COLUMNS_OF_NUMBERS
    if row.unlabelled_loss is not None:
        names = COLUMNS_OF_MIXMATCH
    further = {FURTHER + name: loss for name, loss in row.val_losses.items()}
    return {name: getattr(row, name) for name in names} | further


def best(rows: Sequence[Epoch], monitor: str) -> Epoch:
    """The epoch to keep: best `monitor`, ties by lower val_loss, then the earlier.

    Args:
        monitor: `"val_auc"` (higher is better), `"val_loss"` (lower), or `"epoch"`:
            the last one.
    """
    return min(rows, key=lambda row: (cost(row, monitor), row.val_loss, row.epoch))


def epochs_without_gain(rows: Sequence[Epoch], monitor: str) -> int:
    """Epochs since `monitor` first reached its best value; a tie is no gain."""
    return rows[-1].epoch - first_best(rows, monitor).epoch


def first_best(rows: Sequence[Epoch], monitor: str) -> Epoch:
    """The epoch in which `monitor` first reached its best value."""
    return min(rows, key=lambda row: (cost(row, monitor), row.epoch))


def cost(row: Epoch, monitor: str) -> float:
    """What is to become small: `monitor`, or minus it where more of it is better."""
    value = getattr(row, monitor)
    return -value if monitor in ("val_auc", "epoch") else value


def check(rows: Sequence[Epoch], monitor: str, *, stages: int) -> None:
    """Holds the rows of a checkpoint against the recipe of its run.

    Args:
        monitor: by which epochs are compared.
        stages: how many there are.

    Raises:
        ValueError: a row has no finite `monitor`, or a stage that can't be.
    """
    stage = 1
    for row in rows:
        value = getattr(row, monitor)
        if value is None or not math.isfinite(value):
            raise ValueError(f"epoch {row.epoch} has {monitor} = {value}")
        if not stage <= row.stage <= stages:
            raise ValueError(f"epoch {row.epoch} is of stage {row.stage} of {stages}")
        stage = row.stage


def write(path: str | Path, rows: Sequence[Epoch]) -> None:
    """Writes history.csv, whole or not at all; floats read back bit-equal."""
    header = tuple(cells(rows[0])) if rows else COLUMNS
    csv_files.write(path, header, [tuple(cells(row).values()) for row in rows])


def read(path: str | Path) -> tuple[Epoch, ...]:
    """The rows of history.csv.

    Raises:
        DataError: no such file, other columns, a cell that is no number, no epoch.
    """
    path = Path(path)
    table = table_file.read(path, as_written=True)
    columns = tuple(name for name in table.header if not name.startswith(FURTHER))
    if columns not in (COLUMNS, COLUMNS_OF_NUMBERS, COLUMNS_OF_MIXMATCH):
        raise DataError(
            f"{path} wants the columns {', '.join(COLUMNS)}, of a regression "
            f"{', '.join(COLUMNS_OF_NUMBERS)}, of MixMatch unlabelled_loss too, "
            f"of further targets {FURTHER}<name>. "
            f"Received: {', '.join(table.header) or 'none'}"
        )
    if not table.rows:
        raise DataError(f"{path} holds no epoch. Finish the run with --resume")
    try:
        return tuple(_epoch(table.header, row) for row in table.rows)
    except ValueError as error:
        raise DataError(f"{path} holds a cell that is no number: {error}") from error


def _epoch(header: Sequence[str], row: CsvRow) -> Epoch:
    named = dict(zip(header, row.cells, strict=True))
    further = {name for name in header if name.startswith(FURTHER)}
    return Epoch(
        **{name: int(named[name]) for name in COUNTED},
        **{
            name: float(named[name])
            for name in header
            if name not in COUNTED and name not in further
        },
        val_losses={
            name.removeprefix(FURTHER): float(named[name])
            for name in header
            if name in further
        },
    )
