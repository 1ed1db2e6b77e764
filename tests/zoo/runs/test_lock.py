import errno
import os

import pytest

from pipelines.errors import DataError, UsageError
from pipelines.storage import atomic_files
from zoo.runs import lock


def killed_writer(path):
    """Leaves what a process leaves that is killed while it writes `path`."""
    with atomic_files.replacing(path) as aside:
        aside.write_text("half", encoding="utf-8")
        left = aside.with_name(f"copy{aside.name}")
        aside.rename(left)
        aside.write_text("whole", encoding="utf-8")
    left.rename(aside)
    return aside


def test_a_second_writer_is_refused_and_told_what_to_do(tmp_path):
    message = "is being trained by process .*Wait until it has ended, or end it; then"
    with (
        lock.held(tmp_path),
        pytest.raises(UsageError, match=message),
        lock.held(tmp_path),
    ):
        pass


def test_the_directory_is_as_it_was_afterwards(tmp_path):
    with lock.held(tmp_path):
        pass
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["metrics.json", "checkpoints/best-0001.keras"])
def test_what_killed_writers_left_is_removed(name, tmp_path):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    left = killed_writer(tmp_path / name)
    torn = tmp_path / "checkpoints" / ".epoch-0002.part"
    torn.mkdir(parents=True)
    (torn / "variables.npz").write_text("half", encoding="utf-8")
    assert left.exists()
    with lock.held(tmp_path):
        assert not left.exists()
        assert not torn.exists()
    assert (tmp_path / name).read_text(encoding="utf-8") == "whole"


def test_runs_inside_are_swept_by_their_own_lock(tmp_path):
    (tmp_path / "fold-0").mkdir()
    theirs = killed_writer(tmp_path / "fold-0" / "metrics.json")
    ours = killed_writer(tmp_path / "recipe.toml")
    with lock.held(tmp_path, runs_inside=True):
        assert theirs.exists()
        assert not ours.exists()


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.EROFS, "can't be written: Read-only file system. Make it writable"),
        (errno.EACCES, "can't be written: Permission denied. Make it writable, or"),
        (errno.ENOSPC, "the disk of .* is full. Free some space, then go on with"),
    ],
)
def test_a_directory_that_cannot_be_written(number, message, tmp_path, monkeypatch):
    def refuse(path, *_, **__):
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr("os.open", refuse)
    with pytest.raises(DataError, match=message), lock.held(tmp_path):
        pass
