"""Folds in a process: warm, replaced after a failure, bit-equal to `zoo.train`."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pipelines.errors import DataError
from pipelines.storage import config_files
from tests.tuning.trials import folds
from tests.zoo.training.fitted import without_clock
from tests.zoo.training.test_fold_process import ROOT, is_alive, waited
from tuning.trials import fold_result, resident_memory
from tuning.trials.fold_result import FoldResult
from tuning.trials.fold_worker import FoldWorker
from tuning.trials.stop import StoppedError
from zoo.runs import history

PARENT = """
import sys
from pathlib import Path
from tests.tuning.trials import folds
from pipelines.records.directory import open_dataset
from tuning.trials.fold_worker import FoldWorker
with FoldWorker() as worker:
    for name, network in (("first", "sound"), ("second", "endless")):
        task = folds.task(Path(sys.argv[1]) / name, open_dataset(sys.argv[2]), network)
        worker.run(task)
        print(worker._process._process.pid, flush=True)
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return folds.data_set(tmp_path_factory.mktemp("data") / "records")


@pytest.fixture(scope="module")
def worker():
    with FoldWorker() as worker:
        yield worker


def number(worker):
    """Of its process; none before the first fold and after a failure."""
    return worker._process and worker._process._process.pid


def test_a_fold_that_is_done_is_read(data, tmp_path):
    done = FoldResult(fold="1", outcome="failed", reason="long ago")
    fold_result.write(tmp_path, done)
    with FoldWorker() as worker:
        assert worker.run(folds.task(tmp_path, data)) == done
        assert number(worker) is None


def test_the_process_stays_warm_and_then_starts_at_once(worker, data, tmp_path):
    first = worker.run(folds.task(tmp_path / "1", data, "sound"))
    process = number(worker)
    second = worker.run(folds.task(tmp_path / "2", data, "sound", fold="2"))
    assert number(worker) == process
    assert (first.outcome, second.outcome) == ("finished", "finished")
    assert second.parts["start"] == 0
    assert fold_result.read(tmp_path / "2") == second


@pytest.mark.parametrize(
    ("network", "outcome", "reason"),
    [
        ("killed", "failed", "its process was ended by SIGKILL, as the system does wh"),
        ("crashing", "failed", "its process ended with exit code 3"),
        ("without_memory", "out_of_memory", "MemoryError"),
        ("private", "failed", "RuntimeError: <path> of <id> is torn"),
    ],
)
def test_a_fold_that_breaks_is_a_result_and_the_next_has_a_new_process(
    network, outcome, reason, worker, data, tmp_path
):
    worker.run(folds.task(tmp_path / "sound", data, "sound"))
    before = number(worker)
    result = worker.run(folds.task(tmp_path / "broken", data, network))
    assert result.outcome == outcome and reason in result.reason
    assert fold_result.read(tmp_path / "broken") == result
    assert number(worker) is None and not is_alive(before)
    names = sorted(path.name for path in (tmp_path / "broken").iterdir())
    assert names == ["recipe.toml", "result.json"]


@pytest.mark.slow
def test_a_nan_and_too_large_a_network_leave_the_process(worker, data, tmp_path):
    recipe = folds.recipe(
        f"{folds.NETWORKS}:sound", optimizer="sgd", learning_rate=1e30
    )
    nan = worker.run(folds.task(tmp_path / "nan", data, recipe=recipe))
    process = number(worker)
    large = worker.run(folds.task(tmp_path / "large", data, max_parameters=10))
    assert (nan.outcome, large.outcome) == ("not_finite", "too_large")
    assert number(worker) == process is not None


def test_a_fold_that_takes_too_long_is_killed(worker, data, tmp_path):
    began = time.monotonic()
    task = folds.task(tmp_path / "fold", data, "endless", max_seconds=2.0)
    result = worker.run(task)
    assert result.outcome == "too_long"
    assert result.reason == "it took more than the 2 s that a fold may take"
    assert time.monotonic() - began < 300 and number(worker) is None


def test_a_fold_is_left_at_the_word_of_another_thread(data, tmp_path):
    """Here while its process loads TensorFlow."""
    with FoldWorker() as stopped:
        timer = threading.Timer(0.5, stopped.stop)
        timer.start()
        task = folds.task(tmp_path / "fold", data, "endless")
        began = time.monotonic()
        with pytest.raises(StoppedError):
            stopped.run(task)
        assert time.monotonic() - began < 60
        assert number(stopped) is None and not task.directory.exists()
        with pytest.raises(StoppedError):
            stopped.run(task)
        assert number(stopped) is None


@pytest.mark.slow
def test_a_fold_does_not_die_of_what_its_parent_gets_too(worker, data, tmp_path):
    worker.run(folds.task(tmp_path / "1", data, "sound"))
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        os.kill(number(worker), signal_number)
    assert worker.run(folds.task(tmp_path / "2", data, "sound")).is_finished


def test_a_process_that_grew_is_replaced(worker, data, tmp_path):
    worker.run(folds.task(tmp_path / "small", data, "sound"))
    assert number(worker) is not None
    result = worker.run(folds.task(tmp_path / "large", data, "hoarding"))
    assert result.is_finished and number(worker) is None


@pytest.mark.slow
def test_a_directory_that_can_not_be_made_is_no_result(worker, data, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match="NotADirectoryError|FileExistsError"):
        worker.run(folds.task(tmp_path / "file" / "fold", data, "sound"))


@pytest.mark.slow
def test_a_broken_fold_that_can_not_be_written_is_no_result(worker, data, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match="can't be written.*make it writable"):
        worker.run(folds.task(tmp_path / "file" / "fold", data, "killed"))


def test_a_process_that_does_not_get_ready_is_no_result(data, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    broken = "did not get ready: it ended with 1. `python -c 'import tuning.trials"
    with FoldWorker() as worker, pytest.raises(DataError, match=broken):
        worker.run(folds.task(tmp_path / "fold", data, "sound"))
    assert not (tmp_path / "fold").exists()


def test_the_process_ends_with_the_block(data, tmp_path):
    with FoldWorker() as worker:
        worker.run(folds.task(tmp_path / "fold", data, "sound"))
        process = number(worker)
        assert is_alive(process)
    assert not is_alive(process)


@pytest.mark.slow
def test_the_process_ends_with_a_parent_that_is_killed(data, tmp_path):
    command = [sys.executable, "-c", PARENT, str(tmp_path), data.path]
    parent = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8"
    )
    try:
        child = int(parent.stdout.readline())
        time.sleep(2)  # it is in the middle of the second fold
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        assert waited(lambda: not is_alive(child))
    finally:
        parent.kill()
        parent.wait()
    assert fold_result.read(tmp_path / "first").is_finished
    assert fold_result.read(tmp_path / "second") is None


def validated(path):
    """The rows of the validation split, as the file has them."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if ",validation," in line]


def epochs(path):
    """Of a history, without what the clock says."""
    return without_clock(map(history.cells, history.read(path)))


@pytest.mark.slow
def test_a_fold_has_the_bits_of_the_command_whatever_was_trained_before(data, tmp_path):
    recipe = folds.recipe(epochs=3, ema_decay=0.9)
    (tmp_path / "recipe.toml").write_text(
        config_files.to_toml(recipe), encoding="utf-8"
    )
    command = [sys.executable, "-m", "zoo.train", "--data", data.path, "--fold", "1"]
    command += ["--recipe", str(tmp_path / "recipe.toml"), "--leave-test"]
    command += ["--deterministic", "--out", str(tmp_path / "run")]
    repeatable = os.environ | {"TF_ENABLE_ONEDNN_OPTS": "0"}
    subprocess.run(command, check=True, env=repeatable, cwd=ROOT)
    other = folds.recipe(batch_size=2)
    with FoldWorker() as worker:
        for name, of_fold, fold in (("1", recipe, "1"), ("2", other, "0")):
            of_task = {"recipe": of_fold, "fold": fold, "deterministic": True}
            worker.run(folds.task(tmp_path / name, data, **of_task))
        again = folds.task(tmp_path / "3", data, recipe=recipe, deterministic=True)
        worker.run(again)
    wanted = validated(tmp_path / "run" / "predictions.csv")
    assert len(wanted) == 6
    for name in ("1", "3"):
        assert validated(tmp_path / name / "predictions.csv") == wanted
        assert epochs(tmp_path / name / "history.csv") == epochs(
            tmp_path / "run" / "history.csv"
        )
    assert validated(tmp_path / "2" / "predictions.csv") != wanted


@pytest.mark.slow
def test_many_folds_leave_the_parent_as_it_was(data, tmp_path):
    recipe = folds.recipe(f"{folds.NETWORKS}:sound", epochs=1)
    with FoldWorker() as worker:
        held = []
        for trial in range(25):
            directory = tmp_path / str(trial) / "fold-1"
            result = worker.run(folds.task(directory, data, recipe=recipe))
            assert result.is_finished
            held.append(resident_memory.megabytes())
    assert held[-1] - held[0] < 12  # 50 in a hundred
