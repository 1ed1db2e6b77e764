"""Models that several tests of this folder serve."""

import pytest

from tests.zoo.serving.endpoint import endpoints


@pytest.fixture(scope="session")
def versions(tmp_path_factory):
    """A folder with versions 1, 2 and 3 that multiply by their number."""
    folder = tmp_path_factory.mktemp("versions")
    for version in (1, 2, 3):
        endpoints.times(folder / str(version), version)
    return folder
