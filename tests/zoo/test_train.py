import re
import shutil
import subprocess
import sys

import pytest

from pipelines import command
from pipelines.records.directory import open_dataset
from tests.pipelines.records import small
from zoo import evaluate, train
from zoo.evaluation.predictions import predictions_file
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Recipe
from zoo.runs import features
from zoo.runs.cross_validation import CrossValidation
from zoo.runs.run import Run
from zoo.training import closing, new_run, phantom_data

QUICK = (
    *("--arch", "cnn3d", "--optimisation.epochs", "1"),
    *("--optimisation.batch-size", "4", "--evaluation.bootstrap", "200"),
)
SPLITS = {("train", ""): 6, ("validation", ""): 4, ("test", ""): 4}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data") / "records"
    folder.mkdir()
    small.data_set(folder, small.task(shape=(16, 16, 16)), SPLITS)
    return str(folder)


@pytest.fixture(scope="module")
def finished(data, tmp_path_factory):
    """The directory of a run made by the command."""
    out = tmp_path_factory.mktemp("runs") / "run"
    assert command.run(train.main, [*QUICK, "--data", data, "--out", str(out)]) == 0
    return out


def test_the_command_makes_a_run_with_the_recipe_it_was_told(finished):
    run = Run.open(finished)
    assert run.recipe.arch == "cnn3d"
    assert run.recipe.optimisation.epochs == 1


def test_resuming_a_finished_run_prints_result_figures_and_the_path_last(
    finished, data, capsys
):
    argv = ["--out", str(finished), "--resume", "--data", data]
    assert command.run(train.main, argv) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == str(finished)
    closing = "\n".join(lines[-12:])
    assert "AUC of the test split, by patient: " in closing
    assert str(finished / "figures" / "roc.png") in closing


def test_another_data_set_leaves_the_test_split_unread(data, tmp_path, capsys):
    recipe = Recipe(arch="cnn3d", optimisation=Optimisation(batch_size=4))
    options = {"data": "named", "leave_test": True}
    run = new_run.begin(
        tmp_path / "run",
        recipe=recipe,
        data=open_dataset(data),
        fold=None,
        options=options,
    )
    other = tmp_path / "other"
    other.mkdir()
    small.data_set(other, small.task(shape=(16, 16, 16)))
    argv = ["--out", str(run.path), "--resume", "--judge-test", "--data", str(other)]
    assert command.run(train.main, argv) == 1
    assert "was begun with another data set" in capsys.readouterr().err
    assert Run.resume(run.path).leaves_test


def entry(value, **intervals):
    return {"value": value, "intervals": intervals}


@pytest.mark.parametrize(
    ("auc", "words"),
    [
        (
            entry(0.9, delong={"low": 0.81, "high": 0.97}),
            "by patient: 0.900 (95% interval 0.810 to 0.970)",
        ),
        (entry(0.9), "by patient: 0.900"),
        (
            entry(1.0, separation={"low": 0.92, "high": 1.0, "one_sided": True}),
            "(95% one-sided bound 0.920: the classes are separated wholly)",
        ),
        (entry(None), "by patient: undefined"),
    ],
)
def test_the_closing_words_give_the_last_split(finished, auc, words):
    evidence = {
        "confidence": 0.95,
        "splits": {"test": {"patient": {"defined": True, "auc": auc}}},
        "figures": {"roc.png": "", "calibration_test.png": "too few"},
    }
    lines = closing.of_run(Run.open(finished), evidence).splitlines()
    assert lines[1].endswith(words)
    assert [line for line in lines if ".png" in line] == [
        f"  {finished / 'figures' / 'roc.png'}"
    ]


def test_features_of_every_sample_lie_beside_the_predictions(finished):
    run = Run.open(finished)
    written = features.read(run.features_path)
    assert written.features.shape == (14, 128)
    predicted = predictions_file.read(run.predictions_path, run.task.target)
    assert written.sample_id == predicted.sample_id
    assert written.split == predicted.split


def test_evaluation_makes_the_features_of_an_older_run(
    finished, data, tmp_path, capsys
):
    older = shutil.copytree(finished, tmp_path / "run")
    (older / "features.npz").unlink()
    before = {path: path.read_bytes() for path in older.glob("*.*")}
    assert command.run(evaluate.main, [str(older), "--data", data]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == str(older / "metrics.json")
    made = (older / "features.npz").read_bytes()
    assert made == (finished / "features.npz").read_bytes()
    assert before == {path: path.read_bytes() for path in before}


def test_the_features_of_another_data_set(finished, tmp_path, capsys):
    other = tmp_path / "records"
    other.mkdir()
    small.data_set(other, small.task(shape=(16, 16, 16)))
    assert command.run(evaluate.main, [str(finished), "--data", str(other)]) == 1
    assert "was begun with another data set" in capsys.readouterr().err


def test_no_path_is_written_into_the_run(finished, data):
    for path in finished.glob("*.*"):
        if path.suffix in (".json", ".toml", ".csv"):
            text = path.read_text(encoding="utf-8")
            assert data not in text and str(finished.parent) not in text


def pooled(folder, split, **further):
    """Evidence on folds with one figure."""
    auc = entry(0.8, delong={"low": 0.7, "high": 0.9})
    return {
        folder: {
            "confidence": 0.95,
            "splits": {split: {"patient": {"defined": True, "auc": auc}}},
            "figures": {"roc.png": "", "calibration.png": "too few"},
            **further,
        }
    }


def cross_validation(path, holdout):
    return CrossValidation(
        path=path,
        recipe=Recipe(),
        data_digest="d",
        folds=("0",),
        folders=("fold-0",),
        holdout=holdout,
        judged="validation" if holdout else "test",
    )


def test_the_closing_words_of_all_folds(tmp_path):
    validation = cross_validation(tmp_path, holdout=False)
    unknown = {"fat": {"reason": "no test sample knows it"}}
    evidence = pooled(validation.summary_path, "test", further_targets=unknown)
    assert closing.of_folds(validation, evidence).splitlines() == [
        "",
        "AUC of the test split, all folds pooled, by patient: "
        "0.800 (95% interval 0.700 to 0.900)",
        "Open these figures:",
        f"  {validation.summary_path / 'figures' / 'roc.png'}",
        "Everything of these folds is in:",
    ]


def test_the_closing_words_of_folds_with_a_holdout_set(tmp_path):
    validation = cross_validation(tmp_path, holdout=True)
    evidence = pooled(validation.summary_path, "validation")
    left = "The hold-out set was left unread; --resume --judge-test judges it."
    assert left in closing.of_folds(validation, evidence).splitlines()
    evidence |= pooled(validation.holdout_path, "test")
    lines = closing.of_folds(validation, evidence).splitlines()
    assert left not in lines
    assert lines[2].startswith("AUC of the test split, mean of all folds' networks, by")
    assert f"  {validation.holdout_path / 'figures' / 'roc.png'}" in lines


@pytest.mark.parametrize(
    ("argv", "code", "message"),
    [
        (["--arch", "nonsense"], 2, "no architecture named 'nonsense'.*cnn3d"),
        (["--data", "/nowhere"], 2, "/nowhere does not exist"),
        (["--recipe", "nonsense"], 2, "no recipe named"),
        (["--recipe", "nonsense.toml"], 2, "does not exist"),
        (["--fold", "0"], 2, "has no folds"),
        (["--sequences", "FLAIR"], 2, "FLAIR"),
    ],
)
def test_wrong_calls_say_what_is_wrong(argv, code, message, data, tmp_path, capsys):
    out = tmp_path / "run"
    argv = [*("--data", data), *argv, "--out", str(out)]
    assert command.run(train.main, argv) == code
    shown = capsys.readouterr().err
    assert re.search(message, shown)
    assert not out.exists()


def test_an_existing_directory_exits_with_2(data, tmp_path, capsys):
    assert command.run(train.main, ["--data", data, "--out", str(tmp_path)]) == 2
    assert "exists. Choose another --out" in capsys.readouterr().err


def interrupt(*arguments, **named):
    raise KeyboardInterrupt


def test_an_interrupted_run_names_the_command_that_goes_on(
    data, tmp_path, monkeypatch, capsys
):
    out = tmp_path / "run"
    monkeypatch.setattr(train, "announce", interrupt)
    argv = [*QUICK, "--data", data, "--out", str(out)]
    assert command.run(train.main, argv) == 130
    told = capsys.readouterr().err.splitlines()[-2:]
    again = f"--resume --out {out} --data {data}"
    assert told == ["interrupted", f"next: python -m zoo.train {again}"]
    assert command.run(train.main, again.split()) == 130  # as far as that again
    assert capsys.readouterr().err.splitlines() == told


def test_a_fold_leaves_it_to_its_parent_to_say_so(data, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(train, "announce", interrupt)
    monkeypatch.setattr(train.fold_process, "end_with_parent", lambda: True)
    argv = [*QUICK, "--data", data, "--out", str(tmp_path / "run")]
    assert command.run(train.main, argv) == 130
    told = capsys.readouterr().err
    assert "interrupted" not in told and "next:" not in told


def test_interrupted_folds_name_the_command_that_goes_on(tmp_path, monkeypatch, capsys):
    data, out = tmp_path / "data", tmp_path / "all"
    data.mkdir()
    task = small.task(shape=(16, 16, 16), kind="folds", folds=3)
    small.data_set(data, task, {("fold", str(number)): 6 for number in range(3)})
    monkeypatch.setattr(train.train_folds, "train", interrupt)
    argv = [*QUICK, "--data", str(data), "--folds", "all", "--out", str(out)]
    assert command.run(train.main, [*argv, "--deterministic"]) == 130
    again = f"--resume --out {out} --data {data} --folds all --deterministic"
    told = capsys.readouterr().err.splitlines()[-1]
    assert told == f"next: python -m zoo.train {again}"
    assert command.run(train.main, again.split()) == 130
    assert capsys.readouterr().err.splitlines()[-1] == told


def test_without_data_the_phantom_is_taken(data, tmp_path, monkeypatch):
    asked = []

    def data_set():
        asked.append(True)
        return data

    monkeypatch.setattr(phantom_data, "data_set", data_set)
    out = tmp_path / "run"
    assert command.run(train.main, [*QUICK, "--out", str(out)]) == 0
    assert asked and Run.open(out).task.name == "small"


def test_help_is_quick_because_it_loads_no_tensorflow():
    code = (
        "import sys, zoo.train\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules), 'heavy import'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_help_says_something_of_every_option(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "100")
    with pytest.raises(SystemExit):
        command.run(train.main, ["--help"])
    lines = capsys.readouterr().out.splitlines()
    options = [i for i, line in enumerate(lines) if re.match("[ │] --[a-z]", line)]
    assert len(options) > 100
    silent = [lines[i] for i in options if not re.match(".{8}[^ (]", lines[i + 1])]
    assert not silent


@pytest.mark.parametrize(("deterministic", "fast"), [(False, 1), (True, 0)])
def test_what_is_to_repeat_itself_does_without_fast_kernels(
    data, tmp_path, monkeypatch, deterministic, fast
):
    taken = []
    monkeypatch.setattr(train.cpu_kernels, "take_fast", lambda: taken.append(1))
    monkeypatch.setattr(train, "one_run", lambda *_: 0)
    told = ["--deterministic"] if deterministic else []
    train.main(["--arch", "cnn3d", "--data", data, *told])
    assert len(taken) == fast
    out = tmp_path / "run"
    new_run.begin(
        out,
        recipe=Recipe(arch="cnn3d", optimisation=Optimisation(batch_size=4)),
        data=open_dataset(data),
        fold=None,
        options={"deterministic": deterministic},
    )
    train.main(["--resume", "--out", str(out), "--data", data])  # the run knows it
    assert len(taken) == 2 * fast
