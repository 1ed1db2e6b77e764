import os

import pytest

from pipelines.errors import UsageError
from zoo.runs.output_path import check_writable


def test_a_new_path_in_new_folders_can_be_written(tmp_path):
    check_writable(tmp_path / "new" / "run", "--out")
    assert not (tmp_path / "new").exists()


def test_a_path_beneath_a_file_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="file is no directory. Choose another --out"):
        check_writable(tmp_path / "file" / "deep" / "run", "--out")


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path, monkeypatch):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    if os.geteuid() == 0:  # root may write anywhere
        monkeypatch.setattr(os, "access", lambda path, mode: path != closed)
    with pytest.raises(UsageError, match="closed can't be written. Choose another"):
        check_writable(closed / "run", "--out")
