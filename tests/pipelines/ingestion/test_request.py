"""What a request refuses before anything is read."""

import pytest

from pipelines.errors import UsageError
from pipelines.ingestion.request import SourceRequest
from pipelines.tasks import task as tasks


def test_a_series_file_is_of_dicom(tmp_path):
    table = tmp_path / "volumes.csv"
    table.write_text("", encoding="utf-8")
    task = tasks.load("prostate_sequences")
    with pytest.raises(UsageError, match="so it goes with --dicom. Received: --table"):
        SourceRequest(kind="table", source=table, task=task, series=table)
