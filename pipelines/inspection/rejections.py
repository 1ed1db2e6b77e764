"""What rejected.csv says of the studies that ingest left out."""

import csv
import io
from dataclasses import dataclass

from pipelines.errors import DataError
from pipelines.records.data_set import CURE, DataSet
from pipelines.storage import remote

COLUMNS = ("study_id", "patient_id", "code", "problem", "cure")


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """One study (or series) that was left out. Ids are pseudonyms."""

    study_id: str
    patient_id: str
    code: str
    problem: str
    cure: str


def read_rejections(data: DataSet) -> tuple[Rejected, ...]:
    """The rows of the data set's rejected.csv; none where there is no such file.

    Raises:
        DataError: the file does not read.
    """
    try:
        text = remote.read_text(remote.join(data.path, "rejected.csv"))
    except FileNotFoundError:
        return ()  # a data set that something else than ingest wrote
    lines = csv.reader(io.StringIO(text))
    header = tuple(next(lines, ()))
    if header != COLUMNS:
        raise DataError(
            f"rejected.csv should have the columns {', '.join(COLUMNS)}. {CURE}. "
            f"Received: {', '.join(header) or 'nothing'}"
        )
    rows = list(lines)
    for number, row in enumerate(rows, start=2):
        if len(row) != len(COLUMNS):
            raise DataError(
                f"rejected.csv, line {number}, has {len(row)} cells instead of "
                f"{len(COLUMNS)}. {CURE}"
            )
    return tuple(Rejected(**dict(zip(COLUMNS, row))) for row in rows)
