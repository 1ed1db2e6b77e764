"""The file of predictions, `predictions.csv`: one row a sample.

Columns: sample_id, patient_id, split, fold; of classes `label`, the name of the true
one, else the truth in `target:<name>` of every label or column, empty where it is not
known; then `<word>:<name>` of every output, of classes and labels `prob` and `logit`,
of numbers `pred`; then what is further known of a sample, as age or scanner.
"""

import math
import sys
from pathlib import Path

import numpy as np

from pipelines.errors import DataError
from pipelines.storage import csv_files
from pipelines.tables import table_file
from pipelines.tasks.target import Target
from zoo.evaluation.predictions import columns, rows
from zoo.evaluation.predictions.predictions import IDS, Predictions
from zoo.targets.kinds import TARGET_KINDS

_INSTEAD = "so they are computed from its probabilities"


def write(path: str | Path, predictions: Predictions) -> None:
    """Writes the file, whole or not at all; nine digits, enough for float32."""
    kind, names = predictions.kind, predictions.names
    truth = [list(map(_text, row)) for row in predictions.truth]
    if kind.single_label:
        truth = [[names[index]] for index in predictions.label]
    outputs = np.concatenate([predictions.outputs[word] for word in kind.outputs], 1)
    ids = zip(*(getattr(predictions, name) for name in IDS))
    extra = [[*cells] for cells in zip(*predictions.extra.values())]
    cells_of_rows = (
        [*ids_of_row, *truth_of_row, *map(_text, outputs_of_row), *extra_of_row]
        for ids_of_row, truth_of_row, outputs_of_row, extra_of_row in zip(
            ids, truth, outputs, extra or [[]] * len(predictions)
        )
    )
    header = [*columns.columns(kind, names), *predictions.extra]
    csv_files.write(path, header, cells_of_rows)


def read(
    path: str | Path, target: Target | None = None, *, ordinal: bool = False
) -> Predictions:
    """Reads the file strictly; pseudonyms of runs of before as written today.

    A person may have opened and saved it: see `pipelines.tables.table_file`. Ids and
    names are read as they are written.

    A file from elsewhere may lack `split` (all is of the test split), `fold`, and all
    logits: the logarithms of the probabilities stand for them, of labels those of the
    odds, and a line on stderr says so. Its further columns are kept as `extra`.

    Args:
        target: its classes, labels or columns rule, and their order; none for a file
            from elsewhere, of which the header tells the kind and the names.
        ordinal: the classes of a file from elsewhere are grades, the first column of
            the header the lowest, which no header tells.

    Raises:
        DataError: no file, a missing, unknown or double column, other classes than the
            target's, a label of no class, a cell that is no number, a sample that
            stands twice, ids that were rounded, an unknown split, no row, or what
            `Predictions` refuses.
    """
    table = table_file.read(path, as_written=True)
    try:
        if target is None:
            kind = columns.kind_of(table.header, ordinal=ordinal)
            names = columns.names_of(table.header, kind)
            table = table_file.with_names(table, columns.columns(kind, ()))
        else:
            kind = TARGET_KINDS[target.kind]
            names = target.classes or target.columns
            table = table_file.with_names(table, columns.columns(kind, names))
            columns.check_names(table.header, kind, names)
        columns.check_header(table.header, kind, names, from_elsewhere=target is None)
        predictions = rows.parse(table, kind, names)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    for column in ("sample_id", "patient_id"):
        table_file.check_ids(path, column, getattr(predictions, column))
    if columns.lacks_logits(table.header, kind):
        print(f"note: {path} has no logits, {_INSTEAD}", file=sys.stderr)
    return predictions


def _text(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.9g}"
