"""Whether a data set is the one that a run was begun with."""

from pipelines.errors import DataError
from pipelines.records.data_set import DataSet
from zoo.runs.run import Run


def check(run: Run, data: DataSet) -> None:
    """Raises a DataError if the run was begun with another data set."""
    if data.digest != run.data_digest:
        raise DataError(
            f"the run was begun with another data set (digest {run.data_digest}). "
            f"Received: one of digest {data.digest}. Name that one by --data, or begin "
            "a new run"
        )
