import errno
import os

import pytest

from pipelines.errors import DataError
from zoo.watching.journal import Journal


def test_lines_come_back(tmp_path):
    journal = Journal(tmp_path / "j")
    assert journal.lines == []
    journal.append({"a": 1})
    journal.append({"b": "ü\n"})
    assert Journal(tmp_path / "j").lines == [{"a": 1}, {"b": "ü\n"}]


@pytest.mark.parametrize("cut", [1, 3])
def test_a_part_of_a_line_is_cut_off(tmp_path, cut):
    journal = Journal(tmp_path / "j")
    journal.append({"a": 1})
    journal.append({"b": 2})
    os.truncate(tmp_path / "j", (tmp_path / "j").stat().st_size - cut)
    again = Journal(tmp_path / "j")
    assert again.lines == [{"a": 1}]
    again.append({"c": 3})
    assert Journal(tmp_path / "j").lines == [{"a": 1}, {"c": 3}]


def test_a_damaged_line_is_an_error(tmp_path):
    (tmp_path / "j").write_bytes(b'{"a":1}\n{"b\n{"c":3}\n')
    with pytest.raises(DataError, match="line 2, is damaged.*Restore a backup"):
        Journal(tmp_path / "j")


def test_a_line_for_which_there_is_no_room_leaves_nothing(tmp_path, monkeypatch):
    journal = Journal(tmp_path / "j")
    journal.append({"a": 1})
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, content: write(file, content[:4]))
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        journal.append({"b": 2})
    assert (tmp_path / "j").read_bytes() == b'{"a":1}\n'
