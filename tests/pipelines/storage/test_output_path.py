"""A place is refused before the work, not after it."""

import errno
import os
import tempfile

import pytest

from pipelines.errors import UsageError
from pipelines.storage import output_path


@pytest.mark.parametrize("directory", [True, False])
def test_a_place_that_can_be_made(tmp_path, directory):
    output_path.check(tmp_path / "new" / "place", "--out", directory=directory)
    output_path.check(tmp_path / "place", "--out", directory=directory)
    assert os.listdir(tmp_path) == []


def test_what_is_there_may_be_written_again(tmp_path):
    (tmp_path / "sheet.png").write_text("before")
    output_path.check(tmp_path / "sheet.png", "--out", directory=False)
    output_path.check(tmp_path, "--montage", directory=True)
    assert (tmp_path / "sheet.png").read_text() == "before"


def test_the_other_kind(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="--out wants a file. Received: .*none"):
        output_path.check(tmp_path, "--out", directory=False)
    with pytest.raises(UsageError, match="--montage wants a directory. Received: .*fi"):
        output_path.check(tmp_path / "file", "--montage", directory=True)


def test_a_folder_below_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match=r"--out .* can't be written \(Not a direc"):
        output_path.check(tmp_path / "file" / "x.png", "--out", directory=False)


@pytest.mark.parametrize(
    ("number", "kind"), [(errno.EACCES, UsageError), (errno.ENOSPC, OSError)]
)
def test_no_permission_is_wrong_usage_and_a_full_disk_is_not(
    tmp_path, monkeypatch, number, kind
):
    def refuse(**_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    with pytest.raises(kind, match=os.strerror(number)):
        output_path.check(tmp_path, "--out", directory=True)
