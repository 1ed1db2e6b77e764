import dataclasses

import pytest

from pipelines.errors import DataError
from tests.zoo.evaluation.cohorts import epochs
from zoo.runs.history import read, write


def test_reads_what_training_writes(tmp_path):
    write(tmp_path / "history.csv", epochs(3))
    assert read(tmp_path / "history.csv") == tuple(epochs(3))


def test_reads_the_losses_of_further_targets(tmp_path):
    losses = [{"stage": 0.1 + 0.2, "fat": 2.0}, {"stage": 0.5, "fat": 1.0}]
    rows = [
        dataclasses.replace(row, val_losses=own) for row, own in zip(epochs(2), losses)
    ]
    write(tmp_path / "history.csv", rows)
    header = (tmp_path / "history.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header.endswith("val_auc,val_loss_stage,val_loss_fat")
    assert read(tmp_path / "history.csv") == tuple(rows)


def test_no_file(tmp_path):
    with pytest.raises(DataError, match="can't be read"):
        read(tmp_path / "history.csv")


def test_other_columns(tmp_path):
    (tmp_path / "history.csv").write_text("epoch,loss\n1,0.5\n", encoding="utf-8")
    with pytest.raises(DataError, match="wants the columns epoch.*epoch, loss"):
        read(tmp_path / "history.csv")


def test_no_epoch(tmp_path):
    write(tmp_path / "history.csv", [])
    with pytest.raises(DataError, match="holds no epoch"):
        read(tmp_path / "history.csv")


def test_a_torn_row(tmp_path):
    write(tmp_path / "history.csv", epochs(2))
    whole = (tmp_path / "history.csv").read_text(encoding="utf-8")
    (tmp_path / "history.csv").write_text(whole[:-20], encoding="utf-8")
    with pytest.raises(DataError, match="no number"):
        read(tmp_path / "history.csv")


@pytest.mark.parametrize(
    "damage",
    [lambda text: text.replace("\n1,", "\n1.5,"), lambda text: text.replace("1", "1,")],
    ids=["an epoch and a half", "a cell too many"],
)
def test_rows_of_a_wrong_form(damage, tmp_path):
    write(tmp_path / "history.csv", epochs(1))
    whole = (tmp_path / "history.csv").read_text(encoding="utf-8")
    (tmp_path / "history.csv").write_text(damage(whole), encoding="utf-8")
    with pytest.raises(DataError, match="no number"):
        read(tmp_path / "history.csv")


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "history.csv").write_bytes(b"epoch\xff")
    with pytest.raises(DataError, match="can't be read"):
        read(tmp_path / "history.csv")
