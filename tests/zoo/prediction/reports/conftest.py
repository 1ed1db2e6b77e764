"""What the tests of reports share."""

import pytest

from tests.zoo.prediction.reports import phantom_studies


@pytest.fixture(scope="session")
def study(tmp_path_factory):
    """The directory of a study that nobody changes, and its task."""
    return phantom_studies.write(tmp_path_factory.mktemp("study") / "cohort")
