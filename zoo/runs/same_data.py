"""What is gone on with, is gone on with the data set that it was begun with."""

from pathlib import Path

from pipelines.errors import DataError
from pipelines.records.data_set import DataSet


def check(path: Path, digest: str, data: DataSet) -> None:
    """Refuses another data set.

    Args:
        path: of a run or a cross-validation.
        digest: of the data set that it was begun with.

    Raises:
        DataError: `data` is another one.
    """
    if data.digest == digest:
        return
    raise DataError(
        f"{path} was begun with another data set (digest {digest}). Received: one of "
        f"digest {data.digest}, {data.path}. Name that one by --data; data sets of "
        "earlier versions are read as they are. The same studies ingested again are "
        "another data set: begin anew with it, from what was learned by --weights RUN"
    )
