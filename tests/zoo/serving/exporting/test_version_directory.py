import os
import subprocess
import sys

import pytest
import tensorflow as tf

from pipelines.errors import DataError, UsageError
from zoo.serving.exporting import version_directory

KILLED = """
import os, sys
from pathlib import Path
from zoo.serving.exporting import version_directory
with version_directory.new(Path(sys.argv[1])) as aside:
    (aside / "saved_model.pb").write_text("half")
    os._exit(9)
"""


KILLED_EARLY = """
import os, sys
from pathlib import Path
from zoo.serving.exporting import version_directory
with version_directory.reserved(Path(sys.argv[1])):
    os._exit(9)
"""


def numbered(folder):
    """What a server takes for versions."""
    return [path.name for path in folder.iterdir() if path.name.isdecimal()]


def test_it_is_there_when_the_block_has_ended(tmp_path):
    with version_directory.new(tmp_path / "small" / "3") as aside:
        (aside / "saved_model.pb").write_text("whole", encoding="utf-8")
        assert numbered(tmp_path / "small") == []
    assert (tmp_path / "small" / "3" / "saved_model.pb").read_text(
        encoding="utf-8"
    ) == "whole"
    assert [path.name for path in (tmp_path / "small").iterdir()] == ["3"]


def test_an_error_leaves_nothing(tmp_path):
    path = tmp_path / "small" / "1"
    with (
        pytest.raises(ValueError, match="refused"),
        version_directory.new(path) as aside,
    ):
        (aside / "saved_model.pb").write_text("half", encoding="utf-8")
        raise ValueError("refused")
    assert [*(tmp_path / "small").iterdir()] == []


def test_a_killed_process_leaves_nothing_that_a_server_loads(tmp_path):
    path = tmp_path / "small" / "1"
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert done.returncode == 9
    assert numbered(path.parent) == []
    with version_directory.new(path) as aside:  # and its traces are swept away
        assert [*aside.iterdir()] == []
    assert {path.name for path in path.parent.iterdir()} == {"1"}


def test_a_number_that_another_process_works_on_is_refused_at_once(tmp_path):
    path = tmp_path / "small" / "1"
    message = "version .*/small/1 is in use by process .* Wait until it has ended"
    with version_directory.reserved(path):
        with pytest.raises(DataError, match=message), version_directory.reserved(path):
            raise AssertionError("nothing is made")
        with version_directory.new(path):
            pass
    assert {path.name for path in path.parent.iterdir()} == {"1"}


def test_a_number_that_was_taken_meanwhile_is_refused(tmp_path):
    path = tmp_path / "small" / "1"
    path.mkdir(parents=True)
    with pytest.raises(UsageError, match="exists"), version_directory.reserved(path):
        raise AssertionError("nothing is made")


def test_a_killed_process_keeps_no_number(tmp_path):
    path = tmp_path / "small" / "1"
    done = subprocess.run([sys.executable, "-c", KILLED_EARLY, str(path)], check=False)
    assert done.returncode == 9
    with version_directory.reserved(path), version_directory.new(path):
        pass
    assert {path.name for path in path.parent.iterdir()} == {"1"}


def test_a_version_that_is_there_stays_as_it_is(tmp_path):
    path = tmp_path / "small" / "1"
    path.mkdir(parents=True)
    message = "a version never changes. Leave --version"
    with pytest.raises(UsageError, match=message), version_directory.new(path):
        raise AssertionError("nothing is written")


def test_a_directory_that_cannot_be_written(tmp_path):
    (tmp_path / "small").write_text("a file", encoding="utf-8")
    path, message = tmp_path / "small" / "1", "can't be written: .* choose another --to"
    with pytest.raises(DataError, match=message), version_directory.new(path):
        raise AssertionError("nothing is written")


def test_a_disk_that_is_full_is_told_in_tensorflows_words_too(tmp_path):
    path, message = tmp_path / "small" / "1", "can't be written: .*No space left"
    full = tf.errors.ResourceExhaustedError(None, None, "x; No space left on device")
    with pytest.raises(DataError, match=message), version_directory.new(path):
        raise full


def test_everything_is_on_the_disk_before_the_name(tmp_path, monkeypatch):
    steps = []
    fsync, replace = os.fsync, os.replace

    def noted(descriptor):
        steps.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        fsync(descriptor)

    def renamed(old, new):
        steps.append("renamed")
        replace(old, new)

    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(os, "replace", renamed)
    with version_directory.new(tmp_path / "small" / "1") as aside:
        (aside / "variables").mkdir()
        (aside / "variables" / "data").write_text("1", encoding="utf-8")
    aside = str(aside)
    assert steps == [
        f"{aside}/variables/data",
        f"{aside}/variables",
        aside,
        "renamed",
        str(tmp_path / "small"),
        str(tmp_path),
    ]
