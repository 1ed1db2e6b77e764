"""What rejected.csv says of the studies that ingest left out."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.errors import DataError
from pipelines.pseudonyms import with_letter
from pipelines.records.data_set import CURE, DataSet
from pipelines.storage import remote
from pipelines.tables import table_file

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

    Ids of format 1 are written as today.

    Raises:
        DataError: the file does not read.
    """
    try:
        content = remote.read_bytes(remote.join(data.path, "rejected.csv"))
    except FileNotFoundError:
        return ()  # a data set that something else than ingest wrote
    table = table_file.parse(content, name="rejected.csv")
    if table.header != COLUMNS:
        raise DataError(
            f"rejected.csv should have the columns {', '.join(COLUMNS)}. {CURE}. "
            f"Received: {', '.join(table.header) or 'nothing'}"
        )
    for row in table.rows:
        if len(row.cells) != len(COLUMNS):
            raise DataError(
                f"rejected.csv, line {row.line}, has {len(row.cells)} cells instead of "
                f"{len(COLUMNS)}. {CURE}"
            )
    return tuple(_rejected(row.cells) for row in table.rows)


def _rejected(cells: Sequence[str]) -> Rejected:
    study_id, patient_id, *others = cells
    ids = map(with_letter, (study_id, patient_id))
    return Rejected(**dict(zip(COLUMNS, (*ids, *others))))
