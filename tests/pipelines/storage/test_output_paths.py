import errno
import os

import pytest

from pipelines.errors import DataError, UsageError
from pipelines.storage import output_paths


def refuse(number):
    def write(*_, **__):
        raise OSError(number, os.strerror(number))

    return write


def test_what_can_be_written_is_left_as_it_was(tmp_path):
    (tmp_path / "sheet.png").write_text("before", encoding="utf-8")
    output_paths.check_file(tmp_path / "sheet.png", "--out")
    output_paths.check_file(tmp_path / "new" / "result.csv", "--out")
    output_paths.check_directory(tmp_path, "--out")
    output_paths.check_directory(tmp_path / "new" / "newer", "--out")
    assert os.listdir(tmp_path) == ["sheet.png"]
    assert (tmp_path / "sheet.png").read_text(encoding="utf-8") == "before"


def test_a_relative_place_that_is_to_be_made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    output_paths.check_directory("new/newer", "--out")
    output_paths.check_file("result.csv", "--out")


def test_what_somebody_may_have_edited_is_not_overwritten(tmp_path):
    output_paths.check_new_file(tmp_path / "new" / "result.csv", "--out")
    output_paths.check_new_files(tmp_path / "new", ["a.csv"], "--out")
    output_paths.check_new_files(tmp_path, ["table.md", "table_*.csv"], "--out")
    output_paths.check_new_directory(tmp_path / "new", "--out")
    (tmp_path / "table_sex.csv").write_text("edited", encoding="utf-8")
    cure = r"exists.* Choose another --\w+, or remove it"
    with pytest.raises(UsageError, match=rf"table_sex.csv {cure}"):
        output_paths.check_new_file(tmp_path / "table_sex.csv", "--out")
    with pytest.raises(UsageError, match=rf"table_sex.csv {cure}"):
        output_paths.check_new_files(tmp_path, ["table.md", "table_*.csv"], "--out")
    with pytest.raises(UsageError, match=f"{tmp_path.name} {cure}"):
        output_paths.check_new_directory(tmp_path, "--sheet")
    assert (tmp_path / "table_sex.csv").read_text(encoding="utf-8") == "edited"


def test_a_link_to_nowhere_is_there(tmp_path):
    (tmp_path / "result.csv").symlink_to(tmp_path / "gone.csv")
    with pytest.raises(UsageError, match="result.csv exists"):
        output_paths.check_new_file(tmp_path / "result.csv", "--out")


def test_a_directory_in_the_place_of_a_file(tmp_path):
    with pytest.raises(UsageError, match="--out names a file. Received: the directory"):
        output_paths.check_file(tmp_path, "--out")


def test_a_file_in_the_place_of_a_directory(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    for path in (tmp_path / "file", tmp_path / "file" / "new"):
        with pytest.raises(UsageError, match="--out .* made: .*file is no directory"):
            output_paths.check_directory(path, "--out")
    with pytest.raises(UsageError, match="--sheet .*x.png can't be made: .*file is no"):
        output_paths.check_file(tmp_path / "file" / "x.png", "--sheet")


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.EROFS, UsageError),
        (errno.EACCES, UsageError),
        (errno.ENOSPC, DataError),
        (errno.EDQUOT, DataError),
    ],
)
def test_a_place_that_may_not_be_written_is_wrong_usage_and_a_full_disk_is_not(
    tmp_path, monkeypatch, number, kind
):
    monkeypatch.setattr(output_paths.tempfile, "TemporaryFile", refuse(number))
    message = f"--out .* can't be written: {os.strerror(number)}. Choose a place where"
    with pytest.raises(kind, match=message):
        output_paths.check_file(tmp_path / "result.csv", "--out")
    with pytest.raises(kind, match=message):
        output_paths.check_directory(tmp_path / "new", "--out")
