"""One process for all tests that load what others saved."""

from collections.abc import Iterator

import pytest

from tests.zoo.architectures.fresh_process import FreshProcess


@pytest.fixture(scope="session")
def fresh_process() -> Iterator[FreshProcess]:
    """A process that knows Keras and no project; it starts when first asked."""
    process = FreshProcess()
    yield process
    process.close()
