"""Several workers on one sweep, without a chief."""

import dataclasses
import os
import signal
import threading

import pytest

from pipelines.errors import UsageError
from pipelines.storage import lock
from tests.tuning.cluster import processes
from tests.tuning.sweeps import kerastuner, searches
from tests.zoo.training import trained
from tuning.cluster import joining
from tuning.cluster.leases import FOLDER as LEASES
from tuning.sweeps import begin
from tuning.trials import results
from tuning.trials.budget import Budget
from tuning.trials.work import silent

TUNERS = ("random", "bayesian", "hyperband", "grid", "optuna")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    counts = {(f"fold-{number}", ""): 8 for number in range(3)}
    folder = tmp_path_factory.mktemp("sweeps") / "data"
    return trained.data_set(folder, counts=counts, kind="folds", folds=3)


@pytest.fixture
def search(tmp_path, data):
    def made(text=searches.SPACE, **options):
        return searches.search(tmp_path, data, text, **{"join": True} | options)

    return made


def joined(path, asked, noted=None, worker=searches.Worker):
    sweep = joining.opened_or_begun(path, asked)
    joining.run(
        sweep,
        asked,
        budget=Budget(path),
        watch=silent,
        make_worker=lambda environment: worker(environment, noted=noted),
    )
    return sweep


def together(path, asked, noted, workers=3):
    """Several workers in threads; what each ended with."""
    ends = []

    def work():
        try:
            joined(path, asked, noted)
            ends.append(None)
        except BaseException as error:
            ends.append(error)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


@pytest.mark.parametrize("name", TUNERS)
def test_one_worker_does_what_a_search_does(name, tmp_path, search):
    text = searches.GRID if name == "grid" else searches.SPACE
    asked = search(text, tuner=name, max_trials=4 if name == "bayesian" else 6)
    alone = searches.go_on(tmp_path / "alone", asked)
    shared = joined(tmp_path / "shared", asked)
    assert searches.outcome(shared) == searches.outcome(alone)


@pytest.mark.parametrize("name", TUNERS)
def test_several_workers_do_every_fold_once(name, tmp_path, search):
    text = searches.GRID if name == "grid" else searches.SPACE
    asked = search(text, tuner=name, max_trials=4)
    noted = []
    assert together(tmp_path / "o", asked, noted) == [None] * 3
    trials = results.trials(begin.opened_or_begun(tmp_path / "o", asked))
    assert [trial.state for trial in trials] == ["completed"] * 4
    assert sorted(noted) == [(f"{t:04d}", fold) for t in range(4) for fold in "012"]
    assert not any((tmp_path / "o" / LEASES).iterdir())
    assert not any((tmp_path / "o" / "workers").iterdir())


def test_a_killed_workers_trial_is_taken_up_and_its_folds_are_kept(
    tmp_path, data, search
):
    killed = processes.joining(tmp_path, data, 0.3)
    other = processes.joining(tmp_path, data, 0.3)
    lines = []
    for line in killed.stdout:
        lines.append(line.split())
        if [word for word, _ in lines] == ["begun", "done", "begun"]:
            os.kill(killed.pid, signal.SIGKILL)
            break
    killed.wait()
    killed.stdout.close()
    rest, _ = other.communicate(timeout=120)
    assert other.returncode == 0
    lines += [line.split() for line in rest.splitlines()]
    trials = results.trials(joining.opened_or_begun(tmp_path / "o", search()))
    assert [trial.state for trial in trials] == ["completed"] * 5
    done = [name for word, name in lines if word == "done"]
    assert sorted(done) == [f"{t:04d}/{fold}" for t in range(5) for fold in "012"]
    begun = [name for word, name in lines if word == "begun"]
    twice = {name for name in begun if begun.count(name) > 1}
    assert twice == {lines[2][1]}  # the one that it was at
    kerastuner.check_reads(joining.opened_or_begun(tmp_path / "o", search()))


def test_a_worker_whose_trial_was_taken_leaves_it(tmp_path, search):
    path, noted = tmp_path / "o", []

    class Robbed(searches.Worker):
        """Loses its first trial while it trains it."""

        def run(self, task):
            first = not self.noted
            result = super().run(task)
            lease = path / LEASES / f"{task.directory.parent.name}.json"
            if first:
                lease.write_text('{"worker": "another"}\n', encoding="utf-8")
            return result

    sweep = joined(path, search(max_trials=2), noted, Robbed)
    # The other never gave a sign of life: the trial came back, its fold was kept.
    assert sorted(noted) == [(t, fold) for t in ("0000", "0001") for fold in "012"]
    assert {trial.state for trial in results.trials(sweep)} == {"completed"}


def test_a_worker_with_another_space_is_refused_with_the_difference(tmp_path, search):
    joining.opened_or_begun(tmp_path / "o", search())
    with pytest.raises(UsageError, match=r"space: without head\.dropout now"):
        joining.opened_or_begun(tmp_path / "o", search(searches.GRID))


def test_a_worker_with_another_data_set_is_refused(tmp_path, search):
    joining.opened_or_begun(tmp_path / "o", search())
    asked = search()
    other = dataclasses.replace(asked.data, digest="0" * 64)
    with pytest.raises(UsageError, match="data: .* then, 0000000000000000 now"):
        joining.opened_or_begun(tmp_path / "o", dataclasses.replace(asked, data=other))


def test_a_worker_with_other_code_is_refused(tmp_path, search, monkeypatch):
    joining.opened_or_begun(tmp_path / "o", search())
    code = begin.code_version.current()
    changed = dataclasses.replace(code, keras="9.9")
    monkeypatch.setattr(begin.code_version, "current", lambda: changed)
    with pytest.raises(UsageError, match=r"made by other code.*9\.9"):
        joining.opened_or_begun(tmp_path / "o", search())


def test_something_else_in_its_place_is_told(tmp_path, search):
    (tmp_path / "o").mkdir()
    (tmp_path / "o" / "notes.txt").touch()
    with pytest.raises(UsageError, match="holds something else"):
        joining.opened_or_begun(tmp_path / "o", search())


def test_workers_begin_at_once(tmp_path, search):
    """The second waits for the directory that the first one makes."""
    holder = lock.hold(tmp_path / ".o.lock", subject="o")
    holder.__enter__()
    ends = []
    waiting = threading.Thread(
        target=lambda: ends.append(joining.opened_or_begun(tmp_path / "o", search()))
    )
    waiting.start()
    waiting.join(timeout=0.3)
    assert ends == []
    holder.__exit__(None, None, None)
    waiting.join()
    assert ends[0].path == tmp_path / "o"


def test_a_file_system_without_locks_is_refused(tmp_path, search, monkeypatch):
    monkeypatch.setattr(lock, "is_known_in", lambda path: False)
    with pytest.raises(UsageError, match="knows no locks"):
        joining.opened_or_begun(tmp_path / "o", search())


def test_a_search_alone_keeps_off_a_shared_sweep(tmp_path):
    joining.check_alone(tmp_path)
    (tmp_path / LEASES).mkdir()
    (tmp_path / LEASES / "0000.json").touch()
    with pytest.raises(UsageError, match="by workers with --join"):
        joining.check_alone(tmp_path)
