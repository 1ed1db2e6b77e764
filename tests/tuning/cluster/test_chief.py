"""A chief and its workers."""

import dataclasses
import json
import os
import signal
import threading
import time
import types
from pathlib import Path

import pytest

from pipelines.errors import DataError, UsageError
from pipelines.storage import lock
from tests.tuning.cluster import chiefs, processes
from tests.tuning.sweeps import kerastuner, searches
from tests.zoo.training import trained
from tuning.cluster import chief, chief_file, worker
from tuning.cluster.chief_address import ChiefAddress
from tuning.cluster.leases import FOLDER as LEASES
from tuning.sweeps import begin
from tuning.trials import results

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    counts = {(f"fold-{number}", ""): 8 for number in range(3)}
    folder = tmp_path_factory.mktemp("sweeps") / "data"
    return trained.data_set(folder, counts=counts, kind="folds", folds=3)


@pytest.fixture
def search(tmp_path, data):
    def made(text=searches.SPACE, **options):
        return searches.search(tmp_path, data, text, **{"silent": "20s"} | options)

    return made


def states(sweep):
    return [trial.state for trial in results.trials(sweep)]


def kept_by_kerastuner(sweep):
    """Its files of trials."""
    paths = sorted(sweep.oracle_path.glob("trial_*/trial.json"))
    return [json.loads(path.read_text(encoding="utf-8")) for path in paths]


@pytest.mark.parametrize("name", ["hyperband", "optuna"])
def test_one_worker_does_what_a_search_does(name, tmp_path, search, data):
    asked = search(tuner=name, max_trials=4)
    fails = {"0001": "failed"}
    alone = searches.go_on(tmp_path / "alone", asked, searches.Worker(fails=fails))
    led = chiefs.led(tmp_path / "led", asked)
    chiefs.worked(chiefs.options(led, data), fails=fails)
    led.end()
    assert searches.outcome(led.sweep) == searches.outcome(alone)
    assert kept_by_kerastuner(led.sweep) == kept_by_kerastuner(alone)


@pytest.mark.parametrize("name", ["bayesian", "grid"])
def test_several_workers_do_every_fold_once(name, tmp_path, search, data):
    text = searches.GRID if name == "grid" else searches.SPACE
    noted = []
    led = chiefs.led(tmp_path / "o", search(text, tuner=name, max_trials=4))
    assert chiefs.together(chiefs.options(led, data), noted) == [None] * 3
    led.end()
    assert states(led.sweep) == ["completed"] * 4
    assert sorted(noted) == [(f"{t:04d}", fold) for t in range(4) for fold in "012"]
    assert not chief_file.is_there(led.sweep.path)


@pytest.mark.slow
def test_a_killed_workers_trial_is_run_by_another(tmp_path, search, data, capfd):
    noted = []
    led = chiefs.led(tmp_path / "o", search(silent="1s"))
    killed = processes.working(led, data, 0.3)
    other = threading.Thread(
        target=chiefs.worked, args=(chiefs.options(led, data), noted)
    )
    lines = []
    for line in killed.stdout:
        lines.append(line.split())
        if len(lines) == 1:
            other.start()  # while the first is at its first trial
        if [word for word, _ in lines] == ["begun", "done", "begun"]:
            os.kill(killed.pid, signal.SIGKILL)
            break
    killed.wait()
    killed.stdout.close()
    other.join()
    led.end()
    assert states(led.sweep) == ["completed"] * 5
    every = {(f"{t:04d}", fold) for t in range(5) for fold in "012"}
    assert sorted(noted) == sorted(every - {("0000", "0")})  # that one was kept
    kerastuner.check_reads(led.sweep)
    assert "is silent for 1s: trial 0000 waits for another" in capfd.readouterr().err


def test_a_long_fold_is_no_silence(tmp_path, search, data, capfd):
    class Slow(searches.Worker):
        def run(self, task):
            if not self.noted:
                time.sleep(1.6)
            return super().run(task)

    noted = []
    led = chiefs.led(tmp_path / "o", search(max_trials=1, silent="1s"))
    chiefs.worked(chiefs.options(led, data), noted, Slow)
    led.end()
    assert noted == [("0000", fold) for fold in "012"]
    assert "is silent" not in capfd.readouterr().err


def test_a_chief_goes_on_where_it_was_killed(tmp_path, search, data):
    """The worker at a trial keeps it, and waits until the chief is there again."""
    noted = []
    seen, go_on = threading.Event(), threading.Event()

    class Waiting(searches.Worker):
        def run(self, task):
            if len(self.noted) == 1:
                seen.set()
                go_on.wait(20)
            return super().run(task)

    led = chiefs.led(tmp_path / "o", search(max_trials=2))
    given = chiefs.options(led, data)
    works = threading.Thread(target=chiefs.worked, args=(given, noted, Waiting))
    works.start()
    assert seen.wait(20)
    port = int(led.target.rpartition(":")[2])
    led.kill()
    go_on.set()
    again = chiefs.led(tmp_path / "o", search(max_trials=2), port=port)
    works.join()
    again.end()
    assert sorted(noted) == [(t, fold) for t in ("0000", "0001") for fold in "012"]
    assert states(again.sweep) == ["completed"] * 2


def test_a_chief_ends_when_the_time_is_spent(tmp_path, search, data):
    led = chiefs.led(tmp_path / "o", search(budget="100s"))
    chiefs.worked(chiefs.options(led, data), seconds=1000.0)
    led.end()
    (trial,) = results.trials(led.sweep)
    assert (trial.state, len(trial.folds)) == ("running", 1)


def test_a_finished_sweep_needs_no_worker(tmp_path, search):
    asked = search(max_trials=2)
    searches.go_on(tmp_path / "o", asked)
    chiefs.led(tmp_path / "o", asked).end()


def test_a_step_that_fails_ends_the_chief(tmp_path, search, data, monkeypatch):
    def full(sweep):
        raise OSError(28, "No space left on device")

    led = chiefs.led(tmp_path / "o", search())
    refreshes = types.SimpleNamespace(refresh=full)
    monkeypatch.setattr("tuning.cluster.leased_oracle.best_recipe", refreshes)
    with pytest.raises(
        DataError, match=f"{led.target} has failed: OSError: .*No space"
    ):
        chiefs.worked(chiefs.options(led, data))
    with pytest.raises(DataError, match="can't be written: No space left"):
        led.end()


def test_other_machines_are_let_in_with_a_warning(capsys):
    with chief.listening(ChiefAddress(port=0)) as server:
        assert server.address.target.startswith("127.0.0.1:")
    assert capsys.readouterr().err == ""
    with chief.listening(ChiefAddress(host="0.0.0.0", port=0)):
        assert "has no password and is not encrypted" in capsys.readouterr().err


@pytest.fixture
def led_by_nobody(tmp_path, search):
    """A sweep as a chief that was killed left it."""
    sweep = begin.opened_or_begun(tmp_path / "o", search())
    chief_file.write(sweep, search().options)
    return sweep


@pytest.fixture
def given(led_by_nobody, data):
    return chiefs.Options(
        data=str(data.path), out=led_by_nobody.path, worker="127.0.0.1:1"
    )


def test_a_worker_of_another_version_is_refused(given, monkeypatch):
    code = begin.code_version.current()
    changed = dataclasses.replace(code, keras="9.9")
    monkeypatch.setattr(begin.code_version, "current", lambda: changed)
    with pytest.raises(UsageError, match=r"code here: keras 9\.9 instead of"):
        worker.joined(given)


def test_a_worker_with_another_data_set_is_refused(given, tmp_path):
    counts = {(f"fold-{number}", ""): 6 for number in range(3)}
    other = trained.data_set(tmp_path / "d", counts=counts, kind="folds", folds=3)
    with pytest.raises(UsageError, match=f"data: .* then, {other.digest[:16]} now"):
        worker.joined(dataclasses.replace(given, data=str(other.path)))


def test_a_worker_without_the_weights_is_refused(given, tmp_path):
    missing = str(tmp_path / "nosuch.h5")
    with pytest.raises(UsageError, match=r"nosuch\.h5"):
        worker.joined(dataclasses.replace(given, weights_from=missing))


def test_a_worker_without_a_chief_is_told(tmp_path, given, monkeypatch):
    monkeypatch.setattr(worker, "_WAIT_SECONDS", 0.0)
    with pytest.raises(UsageError, match="no chief leads"):
        worker.joined(dataclasses.replace(given, out=tmp_path / "elsewhere"))


def test_workers_without_a_chief_keep_it_off(tmp_path, search):
    path = tmp_path / "o"
    begin.opened_or_begun(path, search())
    (path / LEASES).mkdir()
    (path / LEASES / "0000.json").touch()
    with pytest.raises(UsageError, match="by workers with --join"):
        chiefs.led(path, search()).end()


def test_a_search_that_is_at_it_keeps_it_off(tmp_path, search):
    begin.opened_or_begun(tmp_path / "o", search())
    with (
        lock.hold(tmp_path / "o" / ".lock", subject="o"),
        pytest.raises(UsageError, match="is being searched by process"),
    ):
        chiefs.led(tmp_path / "o", search()).end()
