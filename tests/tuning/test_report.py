import pytest

from pipelines import command
from pipelines.errors import UsageError
from tests.tuning.reporting import made_up
from tuning import report


def test_it_writes_all_and_prints_where(tmp_path, capsys):
    sweep = made_up.sweep(tmp_path / "s")
    made_up.many(sweep, 2)
    assert report.main([str(sweep.path)]) == 0
    printed = capsys.readouterr().out.splitlines()
    there = [sweep.path / n for n in ("report.html", "trials.csv", "tensorboard")]
    assert printed == [str(path) for path in there]
    assert all(path.exists() for path in there)
    assert not list(sweep.path.glob(".*.part*"))


def test_a_directory_that_is_none(tmp_path, capsys):
    with pytest.raises(UsageError, match="does not exist. Name a directory that"):
        report.main([str(tmp_path / "nosuch")])
    assert command.run(report.main, [str(tmp_path)]) == 1
    assert "is no sweep that" in capsys.readouterr().err
