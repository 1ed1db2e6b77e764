"""Fixtures of the whole suite."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the project; a test that asks for it may skip."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("ZOO_SHARED_DATA", beside))
    if not folder.is_dir():
        pytest.skip("no real data: set ZOO_SHARED_DATA to the folder that holds them")
    return folder
