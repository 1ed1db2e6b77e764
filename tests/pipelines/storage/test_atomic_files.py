"""Files are whole or absent."""

import os
import stat

import pytest

from pipelines.storage.atomic_files import (
    replacing,
    write_bytes,
    write_private,
    write_text,
)


def test_what_is_written_replaces_what_was_there(tmp_path):
    path = tmp_path / "x.txt"
    write_text(path, "one\r\ntwo ü\n")
    assert path.read_bytes() == "one\r\ntwo ü\n".encode()
    write_bytes(path, b"\x00\x01")
    assert path.read_bytes() == b"\x00\x01"
    assert os.listdir(tmp_path) == ["x.txt"]


def test_a_failure_leaves_what_was_there(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("before")
    with pytest.raises(OSError, match="disk full"), replacing(path) as aside:
        aside.write_text("half")
        assert aside.parent == path.parent and aside.suffix == ".csv"
        raise OSError("disk full")
    assert path.read_text() == "before"
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
    assert path.read_text() == "a\n"
