"""The lock of a shared sweep."""

import pytest

from pipelines.errors import UsageError
from pipelines.storage import lock
from tuning.cluster import shared_oracle


def test_a_search_alone_is_told(tmp_path):
    with (
        lock.hold(tmp_path / shared_oracle.LOCK, subject="it"),
        pytest.raises(UsageError, match="searched by process .*, without --join"),
        shared_oracle.held(tmp_path, wait_seconds=0.0),
    ):
        pass
