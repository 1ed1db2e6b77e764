"""What can't be drafted is refused before anything is read."""

import pytest

from pipelines.drafting.request import DraftRequest
from pipelines.errors import UsageError


def request(folder, **changes):
    fields = {"kind": "dicom", "source": folder, "out": folder / "task.toml"}
    return DraftRequest(**(fields | changes))


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"source": "nosuch"}, "nosuch does not exist"),
        ({"kind": "table"}, "is no file, and one is wanted here"),
        ({"labels": "nosuch.csv"}, "nosuch.csv does not exist"),
        ({"answers": "nosuch.toml"}, "nosuch.toml does not exist"),
        ({"out": "task.txt"}, "a task file ends in .toml"),
        ({"html": "."}, "--html names a file"),
        ({"html": "a.png", "sheet": "a.png"}, "want different places"),
        ({"workers": 0}, "--workers is 1 or more"),
    ],
)
def test_refused(tmp_path, monkeypatch, changes, message):
    monkeypatch.chdir(tmp_path)
    paths = ("source", "labels", "answers", "out", "html", "sheet")
    changes = {
        name: tmp_path / value if name in paths else value
        for name, value in changes.items()
    }
    with pytest.raises(UsageError, match=message):
        request(tmp_path, **changes)


def test_a_task_file_is_never_overwritten(tmp_path):
    (tmp_path / "task.toml").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="exists, and may hold what somebody wrote"):
        request(tmp_path)
