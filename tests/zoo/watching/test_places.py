import argparse
from pathlib import Path

import pytest

from pipelines.errors import UsageError
from pipelines.storage.lock import LockedError
from zoo.watching import places


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    return tmp_path


def named(*, watch="in", out=None, sr=None, key=None):
    return places.named(argparse.Namespace(watch=watch, out=out, sr=sr, key=key))


def test_what_is_not_named_lies_beside_the_folder(folder):
    found = named(sr="reports")
    assert found.root == folder / "in"
    assert found.out == folder / "in-answers"
    assert found.key == folder / "in-answers-private/key"
    assert found.reports == folder / "reports"
    assert found.state == folder / "in-answers/.watch"
    assert named().reports is None
    assert [path.name for path in folder.iterdir()] == ["in"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"out": "in/out"}, "--out .*in/out lies inside the watched folder"),
        ({"out": "."}, "the watched folder .*in lies inside --out"),
        ({"sr": "in"}, "--sr .*in lies inside the watched folder"),
        ({"sr": "in/reports"}, "--sr .*in/reports lies inside the watched folder"),
        ({"sr": "."}, "the watched folder .*in lies inside --sr"),
        ({"sr": "link/reports"}, "--sr .* lies inside the watched folder"),
        ({"out": "out", "sr": "out"}, "--sr .*out lies inside the directory of answ"),
        ({"sr": "in-answers/sr"}, "--sr .* lies inside the directory of answers"),
        ({"out": "a/out", "sr": "a"}, "the directory of answers .* lies inside --sr"),
        ({"sr": "file"}, "--sr .*file can't be made"),
        ({"sr": "in-answers-private"}, "the private file .* lies inside"),
        ({"sr": "reports", "key": "reports/key"}, "the private file .* lies inside"),
    ],
)
def test_places_within_each_other_are_refused(folder, options, words):
    Path("link").symlink_to("in")
    Path("file").touch()
    with pytest.raises(UsageError, match=words):
        named(**options)
    assert sorted(path.name for path in folder.iterdir()) == ["file", "in", "link"]


def test_reports_of_other_studies_may_be_there(folder):
    (folder / "reports").mkdir()
    (folder / "reports" / "p1-report.dcm").touch()
    assert named(sr="reports").reports == folder / "reports"


def test_one_watcher_at_a_time_writes_there(folder):
    first = named(out="a", sr="reports")
    with places.held(first):
        for other, subject in (
            (named(out="b", sr="reports"), "reports is in use"),
            (named(out="a"), "a is in use"),
        ):
            with pytest.raises(LockedError, match=subject), places.held(other):
                raise AssertionError
        with places.held(named(out="b")):
            pass
    with places.held(named(out="b", sr="reports")):
        pass
    assert not any((folder / "reports").iterdir())
