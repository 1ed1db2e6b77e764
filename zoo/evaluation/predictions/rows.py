"""The rows of a file of predictions: their cells as numbers, checked one by one."""

import math
import re
from collections.abc import Sequence

import numpy as np

from pipelines.errors import DataError
from pipelines.pseudonyms import with_letter
from pipelines.storage.csv_files import CsvTable
from pipelines.tables import table_file
from zoo.evaluation.predictions import columns
from zoo.evaluation.predictions.columns import titles
from zoo.evaluation.predictions.predictions import (
    IDS,
    SPLITS,
    SUM_TOLERANCE,
    Predictions,
)
from zoo.targets.kind import TargetKind

_COMMA = re.compile(r"[-+]?\d+,\d+(?:[eE][-+]?\d+)?")
_THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}")  # or thousandths: can't be told
_DEFAULTS = {"split": "test", "fold": ""}


def parse(table: CsvTable, kind: TargetKind, names: tuple[str, ...]) -> Predictions:
    """The predictions of a table whose header has been checked.

    Raises:
        DataError: no row, or one that is wrong, by its line and what it says.
    """
    if not table.rows:
        raise DataError("no prediction: the file has a header alone")
    for row in table.rows:
        if len(row.cells) != len(table.header):
            raise DataError(
                f"row {row.line} has {len(row.cells)} cells where the header has "
                f"{len(table.header)}"
            )
    ids = {name: tuple(map(with_letter, _cells(table, name))) for name in IDS}
    _check_ids(table, ids)
    if kind.single_label:
        truth = _class_indices(table, names)
    else:
        truth = _numbers(table, titles("target", names), empty=True)
        if kind.binary:
            _check_labels(table, truth, names)
    lacking = columns.lacks_logits(table.header, kind)
    outputs = {
        word: _numbers(table, titles(word, names), empty=False)
        for word in kind.outputs
        if not (lacking and word == columns.LOGIT)
    }
    for word, values in outputs.items():
        if word != "prob":
            _check_finite(table, values, word, names)
        elif not kind.single_label:
            _check_each_share(table, values, ids["sample_id"])
        elif len(names) > 1:
            _check_shares(table, values, ids["sample_id"])
    return Predictions(
        **ids,
        kind=kind,
        names=tuple(names),
        truth=truth,
        outputs=kind.average_logits(outputs) if lacking else outputs,
        extra={
            title: tuple(_cells(table, title))
            for title in columns.further(table.header, kind)
        },
    )


def _cells(table: CsvTable, title: str) -> list[str]:
    if title not in table.header and title in _DEFAULTS:
        return [_DEFAULTS[title]] * len(table.rows)
    column = table.header.index(title)
    return [row.cells[column] for row in table.rows]


def _check_ids(table: CsvTable, ids: dict[str, tuple[str, ...]]) -> None:
    """A sample stands once, has a patient, and a split that there is."""
    first: dict[str, int] = {}
    for place, row in enumerate(table.rows):
        for name in ("sample_id", "patient_id"):
            if not ids[name][place]:
                raise DataError(
                    f"row {row.line}: every sample wants a {name}. Received: an empty "
                    "one"
                )
        sample, split = ids["sample_id"][place], ids["split"][place]
        if first.setdefault(sample, row.line) != row.line:
            raise DataError(
                f"row {row.line}: a sample stands once. Received: sample {sample!r} "
                f"twice, before in row {first[sample]}"
            )
        if split not in SPLITS:
            raise DataError(
                f"row {row.line}: a split is one of {', '.join(SPLITS)}. "
                f"Received: {split!r}"
            )


def _check_labels(table: CsvTable, truth: np.ndarray, names: Sequence[str]) -> None:
    wrong = np.argwhere(~(np.isnan(truth) | np.isin(truth, (0, 1))))
    if wrong.size:
        row, column = wrong[0]
        raise DataError(
            f"row {table.rows[row].line}: a label is 0, 1 or not known (empty). "
            f"Received: target:{names[column]} {truth[row, column]:g}"
        )


def _check_finite(
    table: CsvTable, values: np.ndarray, word: str, names: Sequence[str]
) -> None:
    wrong = np.argwhere(~np.isfinite(values))
    if wrong.size:
        row, column = wrong[0]
        raise DataError(
            f"row {table.rows[row].line}: every {word} is a number. Received: "
            f"{word}:{names[column]} {values[row, column]:g}"
        )


def _check_shares(table: CsvTable, shares: np.ndarray, samples: Sequence[str]) -> None:
    """Every row is a distribution over the classes."""
    inside = (shares >= 0) & (shares <= 1 + SUM_TOLERANCE)
    whole = np.abs(shares.sum(axis=1) - 1) <= SUM_TOLERANCE
    wrong = np.flatnonzero(~(inside.all(axis=1) & whole))  # NaN is wrong too
    if wrong.size:
        values = ", ".join(f"{value:g}" for value in shares[wrong[0]])
        raise DataError(
            f"row {table.rows[wrong[0]].line}: probabilities must be in 0..1 and sum "
            f"to 1 within {SUM_TOLERANCE:g}. Received: {values} (sum "
            f"{shares[wrong[0]].sum():g}) for sample {samples[wrong[0]]}"
        )


def _check_each_share(
    table: CsvTable, shares: np.ndarray, samples: Sequence[str]
) -> None:
    """Every probability is in 0..1."""
    wrong = np.argwhere(~((shares >= 0) & (shares <= 1)))
    if wrong.size:
        row, column = wrong[0]
        raise DataError(
            f"row {table.rows[row].line}: probabilities must be in 0..1. Received: "
            f"{shares[row, column]:g} for sample {samples[row]}"
        )


def _class_indices(table: CsvTable, names: tuple[str, ...]) -> np.ndarray:
    """`[N, 1]` from the column `label`."""
    index = {table_file.composed(name): place for place, name in enumerate(names)}
    labels = list(map(table_file.composed, _cells(table, "label")))
    for row, label in zip(table.rows, labels):
        if label not in index:
            raise DataError(
                f"row {row.line}: label {label!r} is none of the classes {names}"
            )
    return np.array([[index[label]] for label in labels], np.float64)


def _numbers(table: CsvTable, wanted: Sequence[str], *, empty: bool) -> np.ndarray:
    """`[N, len(wanted)]` float64.

    Args:
        empty: whether a cell may be empty, and then is NaN.
    """
    values = np.empty((len(table.rows), len(wanted)))
    number = _number_if_known if empty else table_file.number
    for column, title in enumerate(wanted):
        cells = _cells(table, title)
        numbers = []
        try:
            numbers.extend(map(number, _with_points(cells)))
        except ValueError as error:
            row = table.rows[len(numbers)]  # those before it are there
            raise DataError(
                f"row {row.line}: {title} is no number. Received: "
                f"{cells[len(numbers)]!r}"
            ) from error
        values[:, column] = numbers
    return values


def _with_points(cells: Sequence[str]) -> Sequence[str]:
    """Decimal commas as points, where no cell of the column says otherwise.

    `1,234` alone could be thousands, too: it takes another cell that can't.
    """
    commas = [cell for cell in cells if "," in cell]
    if (
        not commas
        or any("." in cell for cell in cells)
        or not all(map(_COMMA.fullmatch, commas))
        or all(map(_THOUSANDS.fullmatch, commas))
    ):
        return cells
    return [cell.replace(",", ".") for cell in cells]


def _number_if_known(cell: str) -> float:
    return table_file.number(cell) if cell else math.nan
