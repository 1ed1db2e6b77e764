"""A disk that is full, or refuses to be written, in the middle of training."""

import errno
import os
import subprocess

import pytest
import tensorflow as tf

from pipelines.errors import DataError
from tests.zoo.training.trained import begin, data_set
from zoo.training import train_run
from zoo.training.callbacks import tensorboard
from zoo.training.loop import checkpoint

FULL = "the disk of .*run is full. Free some space, then go on with --resume"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return data_set(tmp_path_factory.mktemp("data") / "records")


@pytest.fixture
def small_disk(tmp_path):
    """A mounted file system of its own, of some megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting is not allowed here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder, leaving):
    """Writes a file that leaves so many bytes of a file system."""
    state = os.statvfs(folder)
    ballast = folder / "ballast"
    ballast.write_bytes(bytes(max(0, state.f_bavail * state.f_frsize - leaving)))
    return ballast


@pytest.mark.parametrize("leaving", [0, pytest.param(100_000, marks=pytest.mark.slow)])
def test_a_full_disk_is_told_with_its_cure_and_the_run_goes_on(
    leaving, data, small_disk
):
    run = begin(small_disk / "run", data)
    ballast = fill(small_disk, leaving)
    with pytest.raises(DataError, match=FULL):
        train_run.train(run, data)
    ballast.unlink()
    train_run.train(run, data)
    assert run.metrics_path.is_file()
    assert not [path for path in run.path.rglob(".*")]


class RefusingWriter:
    """Takes the place of TensorFlow's writer of event files."""

    def __init__(self, path):
        self.path = path

    def write(self, record):
        pass

    def flush(self):
        raise tf.errors.ResourceExhaustedError(
            None, None, f"{self.path}; No space left on device"
        )

    close = flush


def test_a_full_disk_is_no_lack_of_memory(data, tmp_path, monkeypatch):
    run = begin(tmp_path / "run", data)
    monkeypatch.setattr(tensorboard.tf.io, "TFRecordWriter", RefusingWriter)
    with pytest.raises(DataError, match=FULL):
        train_run.train(run, data)


def test_a_run_that_cannot_be_written_any_more(data, tmp_path, monkeypatch):
    def refuse(directory, *_):
        path = directory / "best-0001.keras"
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    run = begin(tmp_path / "run", data)
    monkeypatch.setattr(checkpoint, "save_best", refuse)
    message = "can't be written: Read-only file system. Make it writable, or go on"
    with pytest.raises(DataError, match=message):
        train_run.train(run, data)
