import errno

import pytest

from pipelines.errors import DataError, UsageError
from pipelines.storage import output_paths


def refuse(*_, **__):
    raise OSError(errno.EROFS, "Read-only file system")


@pytest.fixture
def read_only(monkeypatch):
    monkeypatch.setattr(output_paths.tempfile, "TemporaryFile", refuse)


def test_what_can_be_written_is_left_as_it_was(tmp_path):
    output_paths.check_file(tmp_path / "result.csv", "--out")
    output_paths.check_directory(tmp_path, "--out")
    output_paths.check_directory(tmp_path / "new" / "newer", "--out")
    assert not list(tmp_path.iterdir())


def test_a_relative_directory_that_is_to_be_made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    output_paths.check_directory("new/newer", "--out")


def test_a_file_in_a_directory_that_does_not_exist(tmp_path):
    with pytest.raises(UsageError, match="--out wants a directory that exists"):
        output_paths.check_file(tmp_path / "no" / "result.csv", "--out")


def test_a_directory_in_the_place_of_a_file(tmp_path):
    with pytest.raises(UsageError, match="--out names a file. Received: the directory"):
        output_paths.check_file(tmp_path, "--out")


def test_a_file_in_the_place_of_a_directory(tmp_path):
    (tmp_path / "file").write_text("")
    for path in (tmp_path / "file", tmp_path / "file" / "new"):
        with pytest.raises(UsageError, match="--out names a directory.*file is a file"):
            output_paths.check_directory(path, "--out")


def test_a_disk_that_refuses(tmp_path, read_only):
    message = "can't be written: Read-only file system. Choose another --out"
    with pytest.raises(DataError, match=message):
        output_paths.check_file(tmp_path / "result.csv", "--out")
    with pytest.raises(DataError, match=message):
        output_paths.check_directory(tmp_path / "new", "--out")
