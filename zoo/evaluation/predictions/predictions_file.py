"""The file of predictions, `predictions.csv`: one row a sample.

Columns: sample_id, patient_id, split, fold; of classes `label`, the name of the true
one, else the truth in `target:<name>` of every label or column, empty where it is not
known; then `<word>:<name>` of every output, of classes and labels `prob` and `logit`,
of numbers `pred`.
"""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipelines.errors import DataError
from pipelines.pseudonyms import with_letter
from pipelines.storage import csv_files
from pipelines.storage.csv_files import CsvTable
from pipelines.tables import table_file
from pipelines.tasks.target import Target
from zoo.evaluation.predictions.predictions import IDS, Predictions, first_double
from zoo.targets.kind import TargetKind
from zoo.targets.kinds import TARGET_KINDS


def write(path: str | Path, predictions: Predictions) -> None:
    """Writes the file, whole or not at all; nine digits, enough for float32."""
    kind, names = predictions.kind, predictions.names
    truth = [list(map(_text, row)) for row in predictions.truth]
    if kind.single_label:
        truth = [[names[index]] for index in predictions.label]
    outputs = np.concatenate([predictions.outputs[word] for word in kind.outputs], 1)
    ids = zip(*(getattr(predictions, name) for name in IDS))
    rows = (
        [*ids_of_row, *truth_of_row, *map(_text, outputs_of_row)]
        for ids_of_row, truth_of_row, outputs_of_row in zip(ids, truth, outputs)
    )
    csv_files.write(path, _columns(kind, names), rows)


def read(path: str | Path, target: Target | None = None) -> Predictions:
    """Reads the file strictly; pseudonyms of runs of before as written today.

    A person may have opened and saved it: see `pipelines.tables.table_file`. Ids and
    names are read as they are written.

    Args:
        target: its classes, labels or columns rule, and their order; none for a file
            from elsewhere, of which the header tells the kind and the names.

    Raises:
        DataError: no file, a missing, unknown or double column, other classes than the
            target's, a label of no class, a cell that is no number, a sample that
            stands twice, ids that were rounded, an unknown split, no row, or what
            `Predictions` refuses.
    """
    table = table_file.read(path, as_written=True)
    try:
        if target is None:
            kind = _kind_of(table.header)
            names = _names_of(table.header, kind)
            table = table_file.with_names(table, _columns(kind, ()))
        else:
            kind = TARGET_KINDS[target.kind]
            names = target.classes or target.columns
            table = table_file.with_names(table, _columns(kind, names))
            _check_names(table.header, kind, names)
        _check_header(table.header, kind, names)
        predictions = _parse(table, kind, names)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    for column in ("sample_id", "patient_id"):
        table_file.check_ids(path, column, getattr(predictions, column))
    return predictions


def _columns(kind: TargetKind, names: Sequence[str]) -> list[str]:
    """The header."""
    truth = ["label"] if kind.single_label else _titles("target", names)
    outputs = (_titles(word, names) for word in kind.outputs)
    return [*IDS, *truth, *(title for titles in outputs for title in titles)]


def _titles(word: str, names: Sequence[str]) -> list[str]:
    return [f"{word}:{name}" for name in names]


def _text(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.9g}"


def _kind_of(header: Sequence[str]) -> TargetKind:
    """The first kind whose outputs, or else whose truth, the header has."""
    words = {title.partition(":")[0] for title in header}

    def fit(kind: TargetKind) -> tuple[bool, bool]:
        same_truth = kind.single_label == ("target" not in words)
        return not words.isdisjoint(kind.outputs), same_truth

    return max(TARGET_KINDS.values(), key=fit)


def _names_of(header: Sequence[str], kind: TargetKind) -> tuple[str, ...]:
    """In the order of the header; of classes those that have a probability."""
    word = next(iter(kind.outputs)) if kind.single_label else "target"
    starts = (title.partition(":") for title in header)
    return tuple(name for start, _, name in starts if start == word)


def _check_names(
    header: Sequence[str], kind: TargetKind, names: tuple[str, ...]
) -> None:
    """Classes that are others than those of the data set."""
    of_file = _names_of(header, kind)
    if kind.single_label and set(of_file) != set(names):
        raise DataError(
            f"the prob: columns are not the classes {names}. Received: {of_file}"
        )


def _check_header(
    header: Sequence[str], kind: TargetKind, names: tuple[str, ...]
) -> None:
    """A missing, double or unknown column."""
    name = "<class>" if kind.single_label else "<name>"
    wanted = _columns(kind, names or (name,))
    missing = sorted({*wanted} - {*header})
    if missing:
        raise DataError(
            f"missing column(s) {', '.join(missing)}. Received: {', '.join(header)}"
        )
    double = first_double(header)
    if double is not None:
        raise DataError(f"column {double!r} stands twice. It may stand once")
    unknown = sorted({*header} - {*wanted})
    if unknown:
        right = ", ".join(_columns(kind, (name,)))
        raise DataError(f"unknown column {unknown[0]!r}. Right are {right}")


def _parse(table: CsvTable, kind: TargetKind, names: tuple[str, ...]) -> Predictions:
    if not table.rows:
        raise DataError("no prediction: the file has a header alone")
    for row in table.rows:
        if len(row.cells) != len(table.header):
            raise DataError(
                f"row {row.line} has {len(row.cells)} cells where the header has "
                f"{len(table.header)}"
            )
    if kind.single_label:
        truth = _class_indices(table, names)
    else:
        truth = _numbers(table, _titles("target", names), empty=True)
    return Predictions(
        **{name: tuple(map(with_letter, _cells(table, name))) for name in IDS},
        kind=kind,
        names=tuple(names),
        truth=truth,
        outputs={
            word: _numbers(table, _titles(word, names), empty=False)
            for word in kind.outputs
        },
    )


def _cells(table: CsvTable, title: str) -> list[str]:
    column = table.header.index(title)
    return [row.cells[column] for row in table.rows]


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


def _numbers(table: CsvTable, titles: Sequence[str], *, empty: bool) -> np.ndarray:
    """`[N, len(titles)]` float64.

    Args:
        empty: whether a cell may be empty, and then is NaN.
    """
    values = np.empty((len(table.rows), len(titles)))
    number = _number_if_known if empty else table_file.number
    for column, title in enumerate(titles):
        numbers = []
        try:
            numbers.extend(map(number, _cells(table, title)))
        except ValueError as error:
            row = table.rows[len(numbers)]  # those before it are there
            cell = row.cells[table.header.index(title)]
            raise DataError(
                f"row {row.line}: {title} is no number. Received: {cell!r}"
            ) from error
        values[:, column] = numbers
    return values


def _number_if_known(cell: str) -> float:
    return table_file.number(cell) if cell else math.nan
