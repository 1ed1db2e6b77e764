"""Files and directories are whole or absent."""

import os
import stat

import pytest

from pipelines.storage.atomic_files import (
    new_directory,
    replacing,
    sync_directory,
    write_bytes,
    write_private,
    write_synced,
    write_text,
)
from pipelines.storage.lock import LockedError


def test_what_is_written_replaces_what_was_there(tmp_path):
    path = tmp_path / "x.txt"
    write_text(path, "one\r\ntwo ü\n")
    assert path.read_bytes() == "one\r\ntwo ü\n".encode()
    write_bytes(path, b"\x00\x01")
    assert path.read_bytes() == b"\x00\x01"
    assert os.listdir(tmp_path) == ["x.txt"]


def test_a_failure_leaves_what_was_there(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("before", encoding="utf-8")
    with pytest.raises(OSError, match="disk full"), replacing(path) as aside:
        aside.write_text("half", encoding="utf-8")
        assert aside.parent == path.parent and aside.suffix == ".csv"
        raise OSError("disk full")
    assert path.read_text(encoding="utf-8") == "before"
    assert os.listdir(tmp_path) == ["x.csv"]


def test_a_block_that_writes_nothing_is_an_error(tmp_path):
    with (
        pytest.raises(FileNotFoundError, match=r"\.x\..*\.part"),
        replacing(tmp_path / "x"),
    ):
        pass
    assert os.listdir(tmp_path) == []


def test_private_files_are_new_and_for_their_owner(tmp_path):
    path = tmp_path / "secret"
    write_private(path, "a\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError, match="secret"):
        write_private(path, "b\n")
    assert path.read_text(encoding="utf-8") == "a\n"


def test_a_directory_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "new" / "run"
    with new_directory(path) as aside:
        (aside / "a").write_text("1", encoding="utf-8")
        assert not path.exists()
    assert (path / "a").read_text(encoding="utf-8") == "1"
    assert os.listdir(path.parent) == ["run"]


def test_a_directory_that_fails_leaves_nothing(tmp_path):
    with (
        pytest.raises(KeyboardInterrupt),
        new_directory(tmp_path / "run") as aside,
    ):
        (aside / "a").write_text("1", encoding="utf-8")
        raise KeyboardInterrupt
    assert os.listdir(tmp_path) == []


def test_what_a_killed_process_left_of_a_directory_goes(tmp_path):
    (tmp_path / ".run.part").mkdir()
    (tmp_path / ".run.part" / "old").write_text("1", encoding="utf-8")
    (tmp_path / ".run.lock").write_text("process 1 on node\n", encoding="utf-8")
    with new_directory(tmp_path / "run"):
        pass
    assert os.listdir(tmp_path) == ["run"]
    assert os.listdir(tmp_path / "run") == []


def test_a_directory_is_made_by_one_process_at_a_time(tmp_path):
    path = tmp_path / "run"
    with (
        new_directory(path),
        pytest.raises(LockedError, match="run is in use by process"),
        new_directory(path),
    ):
        pass
    assert os.listdir(tmp_path) == ["run"]


def test_a_directory_with_something_in_it_stays(tmp_path):
    path = tmp_path / "run"
    path.mkdir()
    (path / "mine").write_text("1", encoding="utf-8")
    with pytest.raises(OSError, match="not empty"), new_directory(path):
        pass
    assert os.listdir(tmp_path) == ["run"] and os.listdir(path) == ["mine"]


def test_what_is_synced_is_written_as_it_stands(tmp_path):
    path = tmp_path / "a.part"
    write_synced(path, b"first, and longer")
    write_synced(path, b"second")
    sync_directory(tmp_path)
    sync_directory(tmp_path / "nosuch")  # some file systems can't do it
    assert [*tmp_path.iterdir()] == [path]
    assert path.read_bytes() == b"second"
