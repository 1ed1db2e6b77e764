"""Temporary folders, and those of processes that were killed."""

import os
import signal
import subprocess
import sys

import pytest

from pipelines.storage import lock, scratch_folder

HOLDER = """
import os, signal
from pipelines.storage import scratch_folder

with scratch_folder.held("try-") as folder:
    (folder / "inner").mkdir()
    (folder / "inner" / "file").write_text("x", encoding="utf-8")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """Where the temporary files of these tests are."""
    monkeypatch.setattr(scratch_folder, "_place", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def left(place):
    """What a process left that was killed: a folder and its lock file."""
    environment = os.environ | {"TMPDIR": str(place)}
    ended = subprocess.run([sys.executable, "-c", HOLDER], env=environment)
    assert ended.returncode == -signal.SIGKILL
    folder, of_lock = sorted(place.iterdir())
    assert (folder / "inner" / "file").is_file()
    assert of_lock.name == f"{folder.name}.lock"
    return folder


def names(place):
    return sorted(path.name for path in place.iterdir())


def test_a_folder_is_empty_private_and_gone_after_the_block(place):
    with scratch_folder.held("try-") as folder:
        assert folder.parent == place and folder.name.startswith("try-")
        assert list(folder.iterdir()) == []
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "file").touch()
    assert names(place) == []


def test_an_error_removes_it_too(place):
    with pytest.raises(ZeroDivisionError), scratch_folder.held("try-"):
        raise ZeroDivisionError
    assert names(place) == []


def test_what_a_killed_process_left_is_removed_by_the_next(place, left):
    with scratch_folder.held("try-") as folder:
        assert names(place) == [folder.name, f"{folder.name}.lock"]


def test_what_others_hold_stays(place):
    with scratch_folder.held("try-") as first, scratch_folder.held("try-"):
        assert first.is_dir()


def test_folders_of_another_kind_stay(left):
    with scratch_folder.held("other-"):
        assert left.is_dir()


def test_folders_of_other_programs_stay(place):
    (place / "try-0123").mkdir()
    with scratch_folder.held("try-"):
        assert (place / "try-0123").is_dir()


def test_a_link_in_the_place_of_a_lock_is_not_followed(place, tmp_path_factory):
    precious = tmp_path_factory.mktemp("elsewhere") / "file"
    precious.write_text("precious", encoding="utf-8")
    (place / "try-0123.lock").symlink_to(precious)
    with scratch_folder.held("try-"):
        assert precious.read_text(encoding="utf-8") == "precious"


def test_where_there_are_no_locks_nothing_is_swept(left, monkeypatch):
    monkeypatch.setattr(lock, "is_known_in", lambda directory: False)
    with scratch_folder.held("try-"):
        assert left.is_dir()
