"""The command, with folds that are really trained."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines import command
from pipelines.errors import UsageError
from tests.zoo.training import trained
from tuning import search
from tuning.cluster import chief, chief_file
from tuning.cluster.chief_address import ChiefAddress
from tuning.sweeps import holding
from tuning.sweeps.command_line import Options
from tuning.trials import best_recipe, results
from tuning.trials import sweep as sweeps

ROOT = Path(__file__).resolve().parents[2]
SPACE = """
"optimisation.learning_rate" = { log = [1e-4, 1e-2] }
"head.dropout" = { choice = [0.0, 0.3] }
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    counts = {("train", ""): 12, ("validation", ""): 8, ("test", ""): 4}
    return trained.data_set(tmp_path_factory.mktemp("search") / "data", counts=counts)


def arguments(folder, data, *more):
    (folder / "space.toml").write_text(SPACE, encoding="utf-8")
    given = f"--arch cnn3d --data {data.path} --space {folder / 'space.toml'}"
    given += " --tuner random --max-trials 2 --folds 2 --epochs 2 --batch 4 --exact"
    return [*given.split(), "--deterministic", "--out", str(folder / "o"), *more]


def started(line, folder):
    """The command as a process."""
    return subprocess.Popen(
        [sys.executable, "-m", "tuning.search", *line],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def told(path):
    """Of all trials what does not depend on time."""
    return [
        (trial.values, trial.state, trial.objective, trial.fold_objectives)
        for trial in results.trials(sweeps.opened(path))
    ]


@pytest.mark.slow
def test_a_killed_sweep_ends_as_one_that_was_not(data, tmp_path):
    folders = [tmp_path / name for name in ("unbroken", "broken")]
    for folder in folders:
        folder.mkdir()
    whole = started(arguments(folders[0], data), folders[0])
    broken = folders[1] / "o"
    first = broken / "trials" / "0000" / "fold-0" / "result.json"
    killed = started(arguments(folders[1], data), folders[1])
    while not first.exists():
        assert killed.poll() is None, killed.stderr.read()
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    before = first.stat().st_mtime_ns
    went_on = started(arguments(folders[1], data), folders[1])
    for process in (whole, went_on):
        _, printed = process.communicate()
        assert process.returncode == 0, printed
    assert first.stat().st_mtime_ns == before
    assert told(folders[0] / "o") == told(broken)
    best = [
        (folder / "o" / "best.toml").read_text(encoding="utf-8") for folder in folders
    ]
    assert best[0] == best[1]


@pytest.mark.slow
def test_best_toml_trains_the_same_folds_again(data, tmp_path):
    code = command.run(search.main, arguments(tmp_path, data))
    assert code == 0
    sweep = sweeps.opened(tmp_path / "o")
    best = results.best(sweep, results.trials(sweep))
    line = f"--recipe best.toml --data data --folds all --out {tmp_path / 'run'}"
    subprocess.run(
        [sys.executable, "-m", "zoo.train", *line.split(), "--deterministic"],
        cwd=sweep.path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TF_ENABLE_ONEDNN_OPTS": "0"},
        check=True,
        capture_output=True,
    )
    for fold in best.folds:
        mine = sweep.fold_path(best.trial_id, fold.fold) / "predictions.csv"
        its = tmp_path / "run" / f"fold-{fold.fold}" / "predictions.csv"
        assert rows(mine) == [row for row in rows(its) if row["split"] == "validation"]


@pytest.mark.slow
def test_best_toml_trains_the_same_repeats_again(data, tmp_path):
    line = [*arguments(tmp_path, data), "--repeats", "2", "--max-trials", "1"]
    assert command.run(search.main, line) == 0
    sweep = sweeps.opened(tmp_path / "o")
    again = best_recipe.again(sweep).split()
    assert again[:3] == ["python", "-m", "zoo.train"]
    subprocess.run(
        [sys.executable, *again[1:], "--out", tmp_path / "run", "--deterministic"],
        cwd=sweep.path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TF_ENABLE_ONEDNN_OPTS": "0"},
        check=True,
        capture_output=True,
    )
    (best,) = results.trials(sweep)
    assert [fold.fold for fold in best.folds] == ["0-0", "0-1", "1-0", "1-1"]
    for fold in best.folds:
        mine = sweep.fold_path(best.trial_id, fold.fold) / "predictions.csv"
        repeat, of_data = fold.fold.split("-")
        its = tmp_path / "run" / f"repeat-{repeat}" / f"fold-{of_data}"
        assert rows(mine) == [
            row for row in rows(its / "predictions.csv") if row["split"] == "validation"
        ]


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
def test_nested_folds_judge_every_patient_once(data, tmp_path):
    more = ("--outer-folds", "3", "--evaluation.bootstrap", "200", "--max-trials", "1")
    line = [*arguments(tmp_path, data), *more]
    assert command.run(search.main, line) == 0
    nested = json.loads(
        (tmp_path / "o" / "nested" / "metrics.json").read_text(encoding="utf-8")
    )
    assert nested["splits"]["test"]["patient"]["patients"] == 20
    tested = [
        row["patient_id"]
        for number in range(3)
        for row in rows(tmp_path / "o" / f"outer-{number}" / "run" / "predictions.csv")
        if row["split"] == "test"
    ]
    assert len(set(tested)) == len(tested) == 20
    for number in range(3):
        outer = tmp_path / "o" / f"outer-{number}"
        seen = {row["patient_id"] for row in rows(outer / "data" / "manifest.csv")}
        judged = [
            row["patient_id"]
            for row in rows(outer / "run" / "predictions.csv")
            if row["split"] == "test"
        ]
        assert seen.isdisjoint(judged) and len(seen) + len(judged) == 20


def test_a_sweep_that_another_process_has_is_told(data, tmp_path, monkeypatch):
    monkeypatch.setattr(search, "run", lambda sweep, asked: None)
    line = arguments(tmp_path, data)
    assert command.run(search.main, line) == 1  # nothing was run
    with (
        holding.held(tmp_path / "o"),
        pytest.raises(UsageError, match="is being searched by process"),
    ):
        search.main(line)


def test_a_port_in_use_is_told_before_any_work(data, tmp_path):
    with chief.listening(ChiefAddress(port=0)) as server:
        line = arguments(tmp_path, data, "--chief", server.address.target)
        with pytest.raises(
            UsageError, match=f"--chief {server.address.target} can't be list"
        ):
            search.main(line)
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("more", [[], ["--join"]])
def test_a_sweep_with_a_chief_is_no_other_processs(data, tmp_path, monkeypatch, more):
    monkeypatch.setattr(search, "run", lambda sweep, asked: None)
    line = arguments(tmp_path, data, *more)
    assert command.run(search.main, line) == 1  # nothing was run
    chief_file.write(sweeps.opened(tmp_path / "o"), Options())
    with pytest.raises(UsageError, match="is led by a chief"):
        search.main(line)


def test_a_sweep_without_a_completed_trial_is_told(data, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(search, "run", lambda sweep, asked: None)
    assert command.run(search.main, arguments(tmp_path, data)) == 1
    assert "no trial of" in capsys.readouterr().err


def test_a_budget_that_ends_within_the_first_trial_is_no_failure(
    data, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(search, "run", lambda sweep, asked: None)
    line = arguments(tmp_path, data, "--budget", "1m", "--outer-folds", "3")
    assert command.run(search.main, line) == 0
    printed, told = capsys.readouterr()
    assert printed.splitlines()[-1] == str(tmp_path / "o")
    assert "No nested figure yet: in outer fold 0 the --budget of 1m, which 4" in told
    assert "ended before the first trial began: no trial was completed yet" in told
