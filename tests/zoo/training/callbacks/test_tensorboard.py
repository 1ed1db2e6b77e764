import dataclasses
import socket

import tensorflow as tf

from tests.zoo.runs.test_history import ROWS
from zoo.training.callbacks.tensorboard import TensorBoardScalars


def points(folder, tag):
    """Steps of every point of `tag`."""
    found = []
    for path in sorted(folder.glob("events*")):
        for event in tf.compat.v1.train.summary_iterator(str(path)):
            found += [event.step for v in event.summary.value if v.tag == tag]
    return found


def test_one_point_per_epoch_also_after_a_resume(tmp_path):
    known = [dataclasses.replace(row, val_losses={"stage": 0.5}) for row in ROWS]
    for done in (2, 3):
        rows = known[:done]
        writer = TensorBoardScalars(tmp_path / "tensorboard", rows)
        writer.on_train_begin()
        rows.append(known[done])
        writer.on_epoch_end(done)
        writer.on_train_end()
    assert points(tmp_path / "tensorboard" / "train", "loss") == [1, 2, 3, 4]
    assert points(tmp_path / "tensorboard" / "validation", "auc") == [1, 2, 3, 4]
    folder = tmp_path / "tensorboard" / "validation"
    assert points(folder, "loss_stage") == [1, 2, 3, 4]


def test_no_file_names_the_host(tmp_path):
    TensorBoardScalars(tmp_path / "tensorboard", []).on_train_begin()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in files] == ["events.out.tfevents"] * 2
    host = socket.gethostname().encode()
    assert all(host not in path.read_bytes() for path in files)
