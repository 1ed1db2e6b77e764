import json
import shutil
from types import SimpleNamespace

import pytest

import pipelines
from pipelines import command
from pipelines.errors import DataError
from pipelines.records.data_set import read_manifest
from tests.pipelines.records import small
from zoo import evaluate, predict, train
from zoo.recipes.recipe import Recipe
from zoo.runs import cross_validation, repeats
from zoo.training import train_repeats


def data_set(path, *, patients=4, holdout=0.0):
    path.mkdir()
    counts = {("fold", str(number)): patients for number in range(3)}
    if holdout:
        counts["holdout", ""] = 6
    task = small.task(shape=(16, 16, 16), kind="folds", folds=3, holdout=holdout)
    small.data_set(path, task, counts)
    return str(path)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return data_set(tmp_path_factory.mktemp("data") / "records")


class Folds:
    """What trains the folds of a repeat: it notes them down, and one can fail."""

    def __init__(self, failing=()):
        self.failing = failing
        self.seen = []

    def train(self, validation, data):
        plays = {row.patient_id: row.fold for row in read_manifest(data)}
        self.seen.append((validation.path.name, validation.recipe.seed, plays))
        return ("1",) if validation.path.name in self.failing else ()

    def judge(self, validation):
        summary = validation.summary_path
        summary.mkdir()
        (summary / "metrics.json").write_text("{}", encoding="utf-8")


def begun(tmp_path, data, number=3):
    opened = pipelines.open_dataset(data)
    recipe = Recipe(seed=5)
    out = tmp_path / "out"
    return repeats.begin(out, recipe=recipe, data=opened, repeats=number), opened


def test_each_repeat_deals_the_same_patients_anew(tmp_path, data):
    repeated, opened = begun(tmp_path, data)
    folds = Folds()
    train_repeats.train(repeated, opened, folds.train, folds.judge)
    names, seeds, plays = zip(*folds.seen)
    assert names == ("repeat-0", "repeat-1", "repeat-2")
    assert seeds == (5, 6, 7)
    own = {row.patient_id: row.fold for row in read_manifest(opened)}
    assert plays[0] == own
    assert plays[1].keys() == plays[2].keys() == own.keys()
    assert plays[0] != plays[1] != plays[2] != plays[0]
    left = sorted(path.name for path in repeated.path.glob("data-*"))
    assert left == []


def test_it_goes_on_where_it_was_and_deals_alike(tmp_path, data):
    repeated, opened = begun(tmp_path, data)
    failing, whole = Folds(failing=("repeat-1",)), Folds()
    with pytest.raises(DataError, match="1 of 3 repeats failed: repeat-1: 1"):
        train_repeats.train(repeated, opened, failing.train, failing.judge)
    assert [name for name, *_ in failing.seen] == ["repeat-0", "repeat-1", "repeat-2"]
    train_repeats.train(repeated, opened, whole.train, whole.judge)
    assert whole.seen == [failing.seen[1]]
    repeated.data_path(1).mkdir()
    train_repeats.train(repeated, opened, whole.train, whole.judge)
    assert len(whole.seen) == 1


def test_what_was_dealt_and_lost_is_dealt_again(tmp_path, data):
    repeated, opened = begun(tmp_path, data, 2)
    failing, whole = Folds(failing=("repeat-1",)), Folds()
    with pytest.raises(DataError):
        train_repeats.train(repeated, opened, failing.train, failing.judge)
    repeated.data_path(1).rename(tmp_path / "lost")
    train_repeats.train(repeated, opened, whole.train, whole.judge)
    assert whole.seen == failing.seen[1:]


def test_folds_beside_a_hold_out_set_are_dealt_without_it(tmp_path):
    place = data_set(tmp_path / "records", holdout=0.3)
    repeated, opened = begun(tmp_path, place, 2)
    folds = Folds()
    train_repeats.train(repeated, opened, folds.train, folds.judge)
    held_out = {
        row.patient_id for row in read_manifest(opened) if row.split == "holdout"
    }
    assert len(held_out) == 6
    assert not held_out & folds.seen[1][2].keys()
    for path in repeated.paths:
        assert cross_validation.opened(path).judged == "validation"


def test_room_is_wanted_only_for_what_is_still_to_be_dealt(tmp_path, data, monkeypatch):
    repeated, opened = begun(tmp_path, data, 2)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10))
    with pytest.raises(DataError, match="0 MB free"):
        train_repeats.check(repeated, opened)
    monkeypatch.undo()
    folds = Folds()
    train_repeats.train(repeated, opened, folds.train, folds.judge)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10))
    train_repeats.check(repeated, opened)


REFUSED = {
    "repeats without folds": ("--repeats 2", "--repeats goes with --folds all"),
    "one repeat": ("--folds all --repeats 1", "--repeats is 2 or more"),
    "hold-out": ("--folds all --repeats 2 --judge-test", "repeat-0"),
}


@pytest.mark.parametrize(("words", "error"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_leaves_no_directory(words, error, data, tmp_path, capsys):
    out = tmp_path / "out"
    argv = ["--arch", "cnn3d", "--data", data, *words.split(), "--out", str(out)]
    assert command.run(train.main, argv) == 2
    assert error in capsys.readouterr().err
    assert not out.exists()


def test_too_few_patients_to_be_dealt_anew_are_refused_first(tmp_path, capsys):
    path = tmp_path / "records"
    path.mkdir()
    task = small.task(shape=(16, 16, 16), kind="folds", folds=3)
    small.data_set(path, task, {("fold", str(n)): 1 for n in range(3)})
    out = tmp_path / "out"
    argv = ["--arch", "cnn3d", "--data", str(path), "--folds", "all", "--repeats", "2"]
    assert command.run(train.main, [*argv, "--out", str(out)]) == 2
    assert "every one of 3 folds wants a patient of each class" in (
        capsys.readouterr().err
    )
    assert not out.exists()


@pytest.mark.slow
def test_from_the_command_line_to_the_summary(data, tmp_path, capsys):
    out = tmp_path / "out"
    quick = "--arch cnn3d --optimisation.epochs 1 --optimisation.batch-size 4"
    argv = [*quick.split(), "--data", data, "--folds", "all", "--out", str(out)]
    assert command.run(train.main, [*argv, "--repeats", "2"]) == 0
    shown = capsys.readouterr().out
    assert "2 repeats of all folds, test predictions pooled in each" in shown
    text = (out / "summary" / "repeats.json").read_text(encoding="utf-8")
    figures = json.loads(text)["targets"][""]["figures"]
    pooled = []
    for path in repeats.opened(out).paths:
        text = (path / "summary" / "metrics.json").read_text(encoding="utf-8")
        pooled.append(json.loads(text)["splits"]["test"]["patient"]["auc"]["value"])
    assert figures["auc"]["repeats"] == pytest.approx(pooled)
    assert command.run(evaluate.main, [str(out), "--out", str(tmp_path / "again")]) == 0
    again = tmp_path / "again" / "summary" / "repeats.json"
    assert again.read_bytes() == (out / "summary" / "repeats.json").read_bytes()
    assert command.run(predict.main, [str(out), "--dicom", str(tmp_path)]) == 2
    assert "Name one of them" in capsys.readouterr().err
