import dataclasses
import json
import subprocess
import sys

import pytest

import zoo
from pipelines import command
from pipelines.errors import DataError, UsageError
from pipelines.ingestion.redealt import redeal
from pipelines.records import shards
from pipelines.records.directory import open_dataset
from tests.pipelines.records import small
from zoo import train
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Head, Recipe
from zoo.runs import cross_validation, lock
from zoo.runs.run import Run
from zoo.training import new_run, train_folds, train_run

QUICK = (
    *("--arch", "cnn3d", "--optimisation.epochs", "1"),
    *("--optimisation.batch-size", "4", "--evaluation.bootstrap", "200"),
)


def data_set(path, *, holdout=0.0):
    path.mkdir()
    counts = {("fold", str(number)): 4 for number in range(3)}
    if holdout:
        counts["holdout", ""] = 6
    task = small.task(shape=(16, 16, 16), kind="folds", folds=3, holdout=holdout)
    small.data_set(path, task, counts)
    return str(path)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return data_set(tmp_path_factory.mktemp("data") / "records")


@pytest.fixture(scope="module")
def finished(data, tmp_path_factory):
    """All folds, made by the command."""
    out = tmp_path_factory.mktemp("runs") / "all"
    argv = [*QUICK, "--data", data, "--folds", "all", "--out", str(out)]
    assert command.run(train.main, argv) == 0
    return out


@pytest.mark.slow
def test_every_fold_is_a_run_and_they_are_judged_together(finished):
    validation = cross_validation.opened(finished)
    runs = [Run.open(run) for run in validation.runs]
    assert [run.fold for run in runs] == ["0", "1", "2"]
    assert all(run.recipe == validation.recipe for run in runs)
    summary = json.loads(
        (finished / "summary" / "metrics.json").read_text(encoding="utf-8")
    )
    assert summary["splits"]["test"]["patient"]["patients"] == 12
    assert [row["fold"] for row in summary["folds"]["rows"]] == ["0", "1", "2"]
    assert (finished / "summary" / "figures" / "roc.png").is_file()


@pytest.mark.slow
def test_finished_folds_are_not_trained_again(finished, data, monkeypatch, capsys):
    def never(*_, **__):
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess, "run", never)
    argv = ["--data", data, "--folds", "all", "--out", str(finished), "--resume"]
    assert command.run(train.main, argv) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == str(finished)
    assert any("of the test split, all folds pooled, by patient" in x for x in lines)
    assert f"  {finished / 'summary' / 'figures' / 'roc.png'}" in lines


@pytest.mark.slow
def test_folds_without_a_test_split_are_judged_by_validation(tmp_path):
    before = tmp_path / "before"
    before.mkdir()
    task = small.task(shape=(16, 16, 16), kind="official")
    whole = small.data_set(before, task, {("train", ""): 8, ("test", ""): 4})
    data = redeal(whole, tmp_path / "data", folds=2, seed=0)
    argv = [*QUICK, "--data", data.path, "--folds", "all"]
    out = tmp_path / "all"
    assert command.run(train.main, [*argv, "--out", str(out)]) == 0
    summary = json.loads((out / "summary" / "metrics.json").read_text(encoding="utf-8"))
    assert list(summary["splits"]) == ["validation"]
    assert summary["splits"]["validation"]["patient"]["patients"] == 8
    test = [whole.shard_path(s) for s in whole.shards if s.group == "test"]
    records = [record for path in test for record in shards.read(path)]
    answers = zoo.load(out / "fold-0").predict_records(records)
    assert answers["probabilities"].shape == (4, 2)


def test_folds_without_a_test_split_train_as_any_other(tmp_path, monkeypatch):
    processes = Processes([0, 0])
    monkeypatch.setattr(subprocess, "run", processes)
    (tmp_path / "data").mkdir()
    task = small.task(shape=(16, 16, 16), kind="validation_folds", folds=2)
    counts = {("fold", "0"): 4, ("fold", "1"): 4}
    data = small.data_set(tmp_path / "data", task, counts)
    validation = begun(tmp_path, data.path)
    assert (validation.judged, validation.holdout) == ("validation", False)
    train_folds.train(validation, data.path)
    assert not any("--leave-test" in command for command in processes.commands)


class Processes:
    """Takes the place of those that train: notes commands and leaves their traces."""

    def __init__(self, codes):
        self.codes, self.commands = list(codes), []

    def __call__(self, command, **_):
        self.commands.append(command)
        return subprocess.CompletedProcess(command, self.codes.pop(0))


def begun(tmp_path, data, **recipe):
    return cross_validation.begin(
        tmp_path / "all", recipe=Recipe(arch="cnn3d", **recipe), data=open_dataset(data)
    )


def test_a_fold_that_fails_leaves_the_others(data, tmp_path, monkeypatch, capsys):
    processes = Processes([0, 1, -9])
    monkeypatch.setattr(subprocess, "run", processes)
    validation = begun(tmp_path, data)
    assert train_folds.train(validation, data) == ("1", "2")
    assert [command[command.index("--fold") + 1] for command in processes.commands] == [
        "0",
        "1",
        "2",
    ]
    assert "fold 2 failed (exit code -9)" in capsys.readouterr().err


@pytest.mark.parametrize(("code", "error"), [(2, UsageError), (130, KeyboardInterrupt)])
def test_wrong_usage_and_an_interrupt_end_it(code, error, data, tmp_path, monkeypatch):
    processes = Processes([code])
    monkeypatch.setattr(subprocess, "run", processes)
    with pytest.raises(error):
        train_folds.train(begun(tmp_path, data), data)
    assert len(processes.commands) == 1


def test_a_fold_that_began_is_resumed_with_its_own_recipe(data, tmp_path, monkeypatch):
    processes = Processes([0, 0, 0])
    monkeypatch.setattr(subprocess, "run", processes)
    validation = begun(tmp_path, data)
    validation.runs[1].mkdir()
    train_folds.train(validation, data, deterministic=True)
    first, second, _ = processes.commands
    assert first[0] == sys.executable
    assert "--deterministic" in first
    assert second[1:] == [
        *("-m", "zoo.train", "--data", data),
        *("--out", str(validation.runs[1]), "--resume", "--devices", "1"),
    ]


WEIGHTS = pytest.mark.parametrize(
    ("weights", "option"),
    [
        ("imagenet", "--weights-from"),
        ("file", "--weights"),
        ("run", "--weights"),
    ],
)


@WEIGHTS
def test_pretrained_weights_reach_every_fold(weights, option, data, tmp_path):
    validation = begun(tmp_path, data, weights=weights)
    given = train_folds.fold_command(validation, "0", data, "somewhere")
    assert given[given.index(option) + 1] == "somewhere"


@WEIGHTS
def test_a_fold_that_died_before_its_first_checkpoint_gets_its_weights_again(
    weights, option, data, tmp_path, monkeypatch
):
    processes = Processes([0, 0, 0])
    monkeypatch.setattr(subprocess, "run", processes)
    validation = begun(tmp_path, data, weights=weights)
    validation.runs[1].mkdir()
    train_folds.train(validation, data, weights_from="somewhere")
    resumed = processes.commands[1]
    assert "--resume" in resumed
    assert resumed[resumed.index(option) + 1] == "somewhere"


@pytest.mark.slow
def test_a_fold_with_a_run_and_no_checkpoint_is_trained_from_its_weights(
    tmp_path, monkeypatch
):
    """The command that `train` makes is one that `zoo.train` can carry out."""
    data = data_set(tmp_path / "records")
    origin = tmp_path / "origin"
    first = [*QUICK, "--data", data, "--fold", "0", "--out", str(origin)]
    assert command.run(train.main, first) == 0
    recipe = dataclasses.replace(Run.open(origin).recipe, weights="run")
    validation = cross_validation.begin(
        tmp_path / "all", recipe=recipe, data=open_dataset(data)
    )
    codes = []

    def run(arguments, **_):
        codes.append(command.run(train.main, arguments[3:]))
        return subprocess.CompletedProcess(arguments, codes[-1])

    def die(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(
        cross_validation.CrossValidation, "runs", (tmp_path / "all" / "fold-0",)
    )
    validation = dataclasses.replace(validation, folds=("0",))
    with monkeypatch.context() as patched:
        patched.setattr(train_run, "build_network", die)
        with pytest.raises(KeyboardInterrupt):
            train_folds.train(validation, data, weights_from=str(origin))
    assert (tmp_path / "all" / "fold-0" / "environment.json").is_file()
    assert not (tmp_path / "all" / "fold-0" / "checkpoints").exists()
    assert train_folds.train(validation, data, weights_from=str(origin)) == ()
    assert codes == [130, 0]


def test_one_process_at_a_time_trains_the_folds(data, tmp_path, monkeypatch):
    monkeypatch.setattr(subprocess, "run", Processes([]))
    validation = begun(tmp_path, data)
    with (
        lock.held(validation.path),
        pytest.raises(UsageError, match="is being trained by.*end it; then go on"),
    ):
        train_folds.train(validation, data)


def test_permission_to_judge_seen_patients_reaches_folds_that_begin(
    data, tmp_path, monkeypatch
):
    processes = Processes([0, 0, 0])
    monkeypatch.setattr(subprocess, "run", processes)
    validation = begun(tmp_path, data)
    validation.runs[1].mkdir()
    train_folds.train(validation, data, allow_seen_patients=True)
    given = ["--allow-seen-patients" in command for command in processes.commands]
    assert given == [True, False, True]


def test_folds_that_a_runs_patients_judge_are_refused_before_the_first_is_trained(
    data, tmp_path, monkeypatch, capsys
):
    """Fold 0 could begin from a run of fold 0, fold 1 could not."""
    processes = Processes([0] * 3)
    monkeypatch.setattr(subprocess, "run", processes)
    origin = new_run.begin(
        tmp_path / "origin",
        recipe=Recipe(arch="cnn3d", optimisation=Optimisation(batch_size=4)),
        data=open_dataset(data),
        fold="0",
        options={},
    )
    origin.model_path.write_bytes(b"model")
    origin.predictions_path.write_text("sample_id,patient_id,split\n", encoding="utf-8")
    out = tmp_path / "all"
    argv = [*QUICK, "--data", data, "--folds", "all", "--out", str(out)]
    argv += ["--weights", str(origin.path)]
    assert command.run(train.main, argv) == 2
    assert (
        "fold 1: 4 patients of the validation split trained" in capsys.readouterr().err
    )
    assert not processes.commands
    assert not out.exists()


@pytest.mark.slow
def test_a_holdout_set_is_left_until_it_is_asked_for(tmp_path):
    data = data_set(tmp_path / "records", holdout=0.2)
    out = tmp_path / "all"
    argv = ["--data", data, "--folds", "all", "--out", str(out)]
    assert command.run(train.main, [*QUICK, *argv]) == 0
    for number in range(3):
        predictions = (out / f"fold-{number}" / "predictions.csv").read_text(
            encoding="utf-8"
        )
        assert ",validation," in predictions
        assert ",test," not in predictions
    summary = json.loads((out / "summary" / "metrics.json").read_text(encoding="utf-8"))
    assert list(summary["splits"]) == ["validation"]
    assert not (out / "holdout").exists()
    assert command.run(train.main, [*argv, "--resume", "--judge-test"]) == 0
    held_out = json.loads(
        (out / "holdout" / "metrics.json").read_text(encoding="utf-8")
    )
    assert held_out["splits"]["test"]["patient"]["patients"] == 6
    assert len(held_out["folds"]["rows"]) == 3


def test_folds_that_are_test_sets_have_no_holdout_to_judge(data, tmp_path):
    validation = begun(tmp_path, data)
    with pytest.raises(UsageError, match="whose folds are themselves the test sets"):
        train_folds.train(validation, data, judge_test=True)


def test_folds_that_cannot_be_trained_leave_no_directory(data, tmp_path, monkeypatch):
    out = tmp_path / "all"
    argv = [*QUICK, "--data", data, "--folds", "all", "--out", str(out)]
    monkeypatch.setattr(subprocess, "run", Processes([2]))
    assert command.run(train.main, argv) == 2
    assert not out.exists()
    assert command.run(train.main, [*argv, "--judge-test"]) == 2
    assert not out.exists()


def test_a_fold_that_was_begun_is_never_removed(data, tmp_path):
    validation = begun(tmp_path, data)
    validation.runs[1].mkdir()
    cross_validation.discard(validation)
    assert validation.runs[1].is_dir()


def test_a_data_set_without_folds(tmp_path):
    path = tmp_path / "records"
    path.mkdir()
    small.data_set(path, small.task())
    with pytest.raises(UsageError, match="split by fractions and has no folds"):
        begun(tmp_path, str(path))


def test_another_data_set(data, tmp_path):
    other = open_dataset(data_set(tmp_path / "other", holdout=0.2))
    validation = begun(tmp_path, data)
    cross_validation.check_same_data(validation, open_dataset(data))
    with pytest.raises(DataError, match="was begun with another data set"):
        cross_validation.check_same_data(validation, other)


def test_a_directory_that_exists_or_is_none(data, tmp_path):
    begun(tmp_path, data)
    with pytest.raises(UsageError, match="exists. Choose another --out"):
        begun(tmp_path, data)
    with pytest.raises(DataError, match="is no cross-validation"):
        cross_validation.opened(tmp_path)
    with pytest.raises(UsageError, match="none does not exist. Name by --out"):
        cross_validation.opened(tmp_path / "none")


def test_a_recipe_changed_by_hand_is_refused(data, tmp_path):
    validation = begun(tmp_path, data)
    path = validation.path / "recipe.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("cnn3d", "alexnet"), encoding="utf-8"
    )
    with pytest.raises(DataError, match="training began: arch = alexnet instead of cn"):
        cross_validation.opened(validation.path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "cross_validation.json can't be read"),
        ("[]", "a JSON object is wanted. Received: list"),
        ('{"folds": ["0"], "holdout": false}', "has no entry 'digest'"),
        ('{"folds": [0], "holdout": false, "digest": "0"}', "'folds' is a list of te"),
    ],
)
def test_a_file_of_a_wrong_form(content, message, data, tmp_path):
    validation = begun(tmp_path, data)
    (validation.path / "cross_validation.json").write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        cross_validation.opened(validation.path)


def test_without_a_path_the_directory_is_named_by_the_network(
    data, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    validation = cross_validation.begin(
        None, recipe=Recipe(arch="cnn3d"), data=open_dataset(data)
    )
    assert validation.path.parent.name == "runs"
    assert validation.path.name.endswith("-cnn3d-folds")


def test_a_disk_that_refuses(data, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match="can't be written"):
        cross_validation.begin(
            tmp_path / "file" / "all", recipe=Recipe(), data=open_dataset(data)
        )


def test_the_recipe_goes_round(data, tmp_path):
    head = Head(dropout=0.1, units=(8,))
    assert begun(tmp_path, data, head=head).recipe.head == head


def test_what_another_process_trains_is_not_discarded(data, tmp_path):
    validation = begun(tmp_path, data)
    with (
        lock.held(validation.path, runs_inside=True),
        pytest.raises(UsageError, match="is being trained by process"),
    ):
        cross_validation.discard(validation)
    assert cross_validation.opened(validation.path) == validation
