import pytest

from tests.zoo.training import trained


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A small data set of three folds."""
    counts = {(f"fold-{number}", ""): 8 for number in range(3)}
    folder = tmp_path_factory.mktemp("sweeps") / "data"
    return trained.data_set(folder, counts=counts, kind="folds", folds=3)
