import threading
import time

import pytest

from pipelines.errors import DataError, UsageError
from pipelines.storage import atomic_files
from zoo.runs import new_directory


def write(directory):
    (directory / "file").write_text(str(threading.get_ident()), encoding="utf-8")


def test_the_default_name_begins_with_the_time():
    now = time.mktime((2026, 1, 2, 3, 4, 5, 0, 0, -1))
    path = new_directory.default_path("cnn3d-folds", now)
    assert path.as_posix() == "runs/20260102-030405-cnn3d-folds"


def test_directories_made_at_once_take_different_names(tmp_path):
    start, made = threading.Barrier(8), []

    def make():
        start.wait()
        made.append(new_directory.make(None, tmp_path / "run", write))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(path.name for path in made) == ["run"] + [
        f"run-{n}" for n in range(2, 9)
    ]
    assert len({(path / "file").read_text(encoding="utf-8") for path in made}) == 8
    assert len(list(tmp_path.iterdir())) == 8


def test_a_name_that_another_process_takes_meanwhile(tmp_path):
    path = tmp_path / "run"

    def write_late(directory):
        write(directory)
        path.mkdir()
        (path / "theirs").write_text("", encoding="utf-8")

    with pytest.raises(UsageError, match="made by another process. Choose another"):
        new_directory.make(path, tmp_path / "unused", write_late)
    assert [file.name for file in path.iterdir()] == ["theirs"]


def test_a_name_that_another_process_is_about_to_take(tmp_path):
    path = tmp_path / "run"
    with (
        atomic_files.new_directory(path),
        pytest.raises(UsageError, match="made by another process. Choose another"),
    ):
        new_directory.make(path, tmp_path / "unused", write)
    assert (path.is_dir(), list(path.iterdir())) == (True, [])


def test_a_writer_that_fails_leaves_nothing(tmp_path):
    def fail(directory):
        write(directory)
        raise OSError(28, "No space left on device")

    with pytest.raises(DataError, match="can't be written: No space left.*--out"):
        new_directory.make(tmp_path / "run", tmp_path / "unused", fail)
    assert not list(tmp_path.iterdir())


def test_what_a_killed_writer_left_is_removed(tmp_path):
    left = tmp_path / ".run.part"
    left.mkdir()
    new_directory.make(tmp_path / "run", tmp_path / "unused", write)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]
