"""Two processes that would train one run."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines import command
from tests.pipelines.records import small
from zoo import train
from zoo.runs import lock

ROOT = Path(__file__).parents[3]
SPLITS = {("train", ""): 8, ("validation", ""): 4, ("test", ""): 4}


def data_set(path, counts, **split):
    path.mkdir()
    small.data_set(path, small.task(shape=(16, 16, 16), **split), counts)
    return str(path)


def trainer(data, out, *options):
    """A process with epochs for hours."""
    options = ["--arch", "cnn3d", "--optimisation.batch-size", "4", *options]
    options += ["--optimisation.epochs", "100000", "--optimisation.patience", "100000"]
    return subprocess.Popen(
        [sys.executable, "-m", "zoo.train", *options, "--data", data, "--out", out],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.DEVNULL,
    )


def wait_for(pattern, folder, seconds=120):
    end = time.monotonic() + seconds
    while not list(folder.glob(pattern)):
        assert time.monotonic() < end, f"no {pattern} in time"
        time.sleep(0.1)


def epochs(out):
    return len((out / "history.csv").read_text(encoding="utf-8").splitlines()) - 1


@pytest.mark.slow
def test_the_second_is_refused_and_the_first_goes_on(tmp_path, capsys):
    out = tmp_path / "run"
    data = data_set(tmp_path / "records", SPLITS)
    first = trainer(data, str(out))
    try:
        wait_for("history.csv", out)
        resume = ["--data", data, "--out", str(out), "--resume"]
        assert command.run(train.main, resume) == 2
        message = capsys.readouterr().err
        assert f"{out} is being trained by process {first.pid}" in message
        assert "Wait until it has ended, or end it; then go on with --resume" in message
        before, end = epochs(out), time.monotonic() + 60
        while epochs(out) < before + 3:
            assert first.poll() is None, "the first trainer was harmed"
            assert time.monotonic() < end
            time.sleep(0.1)
    finally:
        first.kill()
        first.wait()


@pytest.mark.slow  # `test_fold_process` proves the parts
def test_a_fold_ends_with_the_process_that_trains_all_and_can_be_resumed(tmp_path):
    out, counts = tmp_path / "all", {("fold", str(number)): 4 for number in range(3)}
    data = data_set(tmp_path / "records", counts, kind="folds", folds=3)
    parent = trainer(data, str(out), "--folds", "all")
    fold = out / "fold-0"
    try:
        wait_for("history.csv", fold)
        child = (fold / ".lock").read_text(encoding="utf-8").split()[1]
        assert int(child) != parent.pid
    finally:
        parent.kill()
        parent.wait()
    end = time.monotonic() + 60
    while Path(f"/proc/{child}").exists():
        assert time.monotonic() < end, "the fold goes on without its parent"
        time.sleep(0.1)
    for directory, runs_inside in ((fold, False), (out, True)):
        with lock.held(directory, runs_inside=runs_inside):
            assert epochs(fold) > 0
