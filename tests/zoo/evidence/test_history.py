import pytest

from pipelines.errors import DataError
from tests.zoo.evidence.cohorts import epochs
from zoo.evidence.history import read
from zoo.learning.history import write


def test_reads_what_training_writes(tmp_path):
    write(tmp_path / "history.csv", epochs(3))
    assert read(tmp_path / "history.csv") == tuple(epochs(3))


def test_no_file(tmp_path):
    with pytest.raises(DataError, match="can't be read"):
        read(tmp_path / "history.csv")


def test_other_columns(tmp_path):
    (tmp_path / "history.csv").write_text("epoch,loss\n1,0.5\n")
    with pytest.raises(DataError, match="wants the columns epoch.*epoch, loss"):
        read(tmp_path / "history.csv")


def test_no_epoch(tmp_path):
    write(tmp_path / "history.csv", [])
    with pytest.raises(DataError, match="holds no epoch"):
        read(tmp_path / "history.csv")


def test_a_torn_row(tmp_path):
    write(tmp_path / "history.csv", epochs(2))
    whole = (tmp_path / "history.csv").read_text()
    (tmp_path / "history.csv").write_text(whole[:-20])
    with pytest.raises(DataError, match="no number"):
        read(tmp_path / "history.csv")
