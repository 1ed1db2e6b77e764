import pytest

from tests.zoo.serving.client import certificate_files, waits


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    return certificate_files.make(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def no_waits(monkeypatch):
    """The waits between tries, which are not waited."""
    return waits.noted(monkeypatch)
