"""A table of counts, true by predicted class, as a paper prints it or implies it.

The first row has the predicted classes behind any title, every other row a true class
and its counts.
"""

from pathlib import Path

import numpy as np

from pipelines.errors import DataError
from pipelines.storage.csv_files import CsvTable


def is_counts(table: CsvTable) -> bool:
    """Whether rows and columns of a table have the same names."""
    rows = {row.cells[0] for row in table.rows}
    return len(table.header) > 2 and rows == set(table.header[1:])


def parse(path: str | Path, table: CsvTable) -> tuple[tuple[str, ...], np.ndarray]:
    """The classes and the counts, true by predicted class, int `[K, K]`.

    Raises:
        DataError: a class that stands twice, or a count that is none.
    """
    classes = table.header[1:]
    if len(set(classes)) != len(classes) or len(table.rows) != len(classes):
        raise DataError(f"{path}: a class stands once in a row and once in a column")
    counts = np.zeros((len(classes), len(classes)), np.int64)
    for row in table.rows:
        true = classes.index(row.cells[0])
        cells = row.cells[1:]
        if len(cells) != len(classes):
            raise DataError(f"{path}: row {row.line} wants {len(classes)} counts")
        for predicted, cell in enumerate(cells):
            if not cell.isdecimal():
                raise DataError(
                    f"{path}: row {row.line}: a count is a whole number. "
                    f"Received: {cell!r}"
                )
            counts[true, predicted] = int(cell)
    return classes, counts
