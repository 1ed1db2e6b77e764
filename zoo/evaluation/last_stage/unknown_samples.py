"""What a run answers of samples of no known class, as `zoo.predict` wrote it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipelines.errors import DataError
from pipelines.tables import table_file

_SCORE, _IS_UNKNOWN = "score", "is_unknown"


@dataclass(frozen=True, kw_only=True, eq=False)
class UnknownSamples:
    """M samples, one or more.

    Args:
        scores: how known they look, `[M]`.
        is_unknown: whether the run said that it does not know them, bool `[M]`.
    """

    scores: np.ndarray
    is_unknown: np.ndarray


def read(path: str | Path) -> UnknownSamples:
    """The columns `score` and `is_unknown` of a result file of `zoo.predict`.

    Rows that have an error in place of an answer are left out.

    Raises:
        DataError: no such file or columns, no answer, or a cell that is no number.
    """
    table = table_file.read(path)
    missing = {_SCORE, _IS_UNKNOWN} - {*table.header}
    if missing:
        raise DataError(
            f"{path} has no column {' and '.join(sorted(missing))}. Name a .csv that "
            "python -m zoo.predict RUN --out wrote, of a run with a last stage"
        )
    places = [table.header.index(name) for name in (_SCORE, _IS_UNKNOWN)]
    answers = [[row.cells[place] for place in places] for row in table.rows]
    try:
        numbers = np.array(
            [[*map(table_file.number, cells)] for cells in answers if any(cells)]
        )
    except ValueError as error:
        raise DataError(f"{path}: {error}. score and is_unknown are numbers") from error
    if not len(numbers):
        raise DataError(f"{path} has no answer of any study")
    return UnknownSamples(scores=numbers[:, 0], is_unknown=numbers[:, 1] > 0)
