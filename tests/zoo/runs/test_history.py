import csv

from zoo.runs import history
from zoo.runs.history import Epoch


def row(epoch, val_auc, val_loss):
    return Epoch(
        epoch=epoch,
        seconds=1.0,
        data_wait_share=0.01,
        learning_rate=1e-3,
        loss=0.1 + 0.2,
        accuracy=0.5,
        val_loss=val_loss,
        val_accuracy=0.5,
        val_auc=val_auc,
    )


ROWS = [row(1, 0.7, 0.6), row(2, 0.9, 0.5), row(3, 0.9, 0.4), row(4, 0.9, 0.4)]


def test_best_auc_with_ties_by_loss_then_by_the_earlier_epoch():
    assert history.best(ROWS, "val_auc").epoch == 3
    assert history.best(ROWS[:2], "val_auc").epoch == 2


def test_by_the_epoch_the_last_is_kept_and_every_one_is_a_gain():
    rows = [row(1, 0.9, 0.1), row(2, 0.5, 0.9), row(3, 0.6, 0.8)]
    assert history.best(rows, "epoch").epoch == 3
    assert history.epochs_without_gain(rows, "epoch") == 0
    history.check(rows, "epoch", stages=1)


def test_best_loss_is_the_lowest():
    rows = [row(1, 0.9, 0.5), row(2, 0.6, 0.3), row(3, 0.8, 0.4)]
    assert history.best(rows, "val_loss").epoch == 2


def test_a_tie_is_no_gain():
    assert history.epochs_without_gain(ROWS, "val_auc") == 2
    assert history.epochs_without_gain(ROWS[:2], "val_auc") == 0


def test_table_reads_back_bit_equal(tmp_path):
    history.write(tmp_path / "history.csv", ROWS)
    with open(tmp_path / "history.csv", encoding="utf-8", newline="") as opened:
        header, *cells = csv.reader(opened)
    assert tuple(header) == history.COLUMNS
    assert float(cells[0][header.index("loss")]) == 0.1 + 0.2
    assert [line[0] for line in cells] == ["1", "2", "3", "4"]


def test_a_table_that_was_opened_and_saved_where_commas_are_decimal(tmp_path):
    path = tmp_path / "history.csv"
    history.write(path, ROWS)
    before = history.read(path)
    text = path.read_text(encoding="utf-8").replace(",", ";").replace(".", ",")
    path.write_text("\ufeff" + text.replace("\n", "\r\n"), encoding="utf-8", newline="")
    assert history.read(path) == before
