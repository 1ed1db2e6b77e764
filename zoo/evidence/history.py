"""Reading the history of a run back."""

import csv
from pathlib import Path

from pipelines.errors import DataError
from zoo.learning.history import (
    COLUMNS,
    COLUMNS_OF_MIXMATCH,
    COLUMNS_OF_NUMBERS,
    FURTHER,
    Epoch,
)

COUNTED = ("epoch", "stage")


def read(path: str | Path) -> tuple[Epoch, ...]:
    """The rows of history.csv.

    Raises:
        DataError: no such file, other columns, a cell that is no number, no epoch.
    """
    path = Path(path)
    try:
        with open(path, encoding="utf-8", newline="") as opened:
            table = csv.DictReader(opened)
            rows = list(table)
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} can't be read: {error}") from error
    named = tuple(table.fieldnames or ())
    further = [name for name in named if name.startswith(FURTHER)]
    columns = tuple(name for name in named if name not in further)
    if columns not in (COLUMNS, COLUMNS_OF_NUMBERS, COLUMNS_OF_MIXMATCH):
        raise DataError(
            f"{path} wants the columns {', '.join(COLUMNS)}, of a regression "
            f"{', '.join(COLUMNS_OF_NUMBERS)}, of MixMatch unlabelled_loss too, "
            f"of further targets {FURTHER}<name>. "
            f"Received: {', '.join(named) or 'none'}"
        )
    if not rows:
        raise DataError(f"{path} holds no epoch. Finish the run with --resume")
    try:
        return tuple(
            Epoch(
                **{name: int(row[name]) for name in COUNTED},
                **{name: float(row[name]) for name in columns if name not in COUNTED},
                val_losses={
                    name.removeprefix(FURTHER): float(row[name]) for name in further
                },
            )
            for row in rows
        )
    except (TypeError, ValueError) as error:
        raise DataError(f"{path} holds a cell that is no number: {error}") from error
