"""Tuners at once: what ends one ends all, and each lets go of what it holds."""

import os
import signal
import threading
import time

import pytest

from pipelines.errors import DataError
from tests.tuning.sweeps import searches
from tests.zoo.training.test_fold_process import waited
from tuning.sweeps import begin, run, search_all
from tuning.trials import results
from tuning.trials.budget import Budget
from tuning.trials.work import silent


class Held(searches.Worker):
    """Is at its second fold until it is stopped; the blocks that ended are noted."""

    ended = ()

    def __exit__(self, *of):
        self.ended = (*self.ended, of[0])

    def run(self, task):
        if task.fold == "1":
            self.at.add(task.directory.parent.name)
            self.hold()
        return super().run(task)

    def hold(self):
        self.take(60)


class Deaf(Held):
    """Does not end when it is told to."""

    def hold(self):
        self.stopped.wait(600)
        self.go_on.wait(600)


def searched(path, asked, kind):
    """Searches by two such workers, and gives them and the trials they are at."""
    at, workers, go_on = set(), [], threading.Event()

    def make(environment):
        worker = kind(environment)
        worker.at, worker.go_on = at, go_on
        workers.append(worker)
        return worker

    sweep = begin.opened_or_begun(path, asked)
    budget = Budget(sweep.path)

    def search():
        run.run(sweep, asked, budget=budget, watch=silent, make_worker=make)

    return search, workers, at, go_on


@pytest.fixture
def asked(tmp_path, data):
    return searches.search(tmp_path, data, parallel=2)


def interrupt(at, times=1):
    """Sends Ctrl-C to this process when both are at their folds."""
    assert waited(lambda: len(at) == 2)
    for _ in range(times):
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGINT)


def interrupted(search, at, times=1):
    """Seconds from Ctrl-C to the end."""
    sender = threading.Thread(target=interrupt, args=(at, times))
    sender.start()
    with pytest.raises(KeyboardInterrupt):
        search()
    ended = time.monotonic()
    sender.join()
    return ended


def test_an_interrupt_ends_all_and_the_sweep_goes_on(tmp_path, data, asked):
    search, workers, at, _ = searched(tmp_path / "o", asked, Held)
    interrupted(search, at)
    assert [worker.stopped.is_set() for worker in workers] == [True, True]
    assert [len(worker.ended) for worker in workers] == [1, 1]
    one = searches.search(tmp_path, data)
    sweep = searches.go_on(tmp_path / "o", one)
    done = results.trials(sweep)
    assert [trial.state for trial in done] == ["completed"] * 5
    assert [len(trial.folds) for trial in done] == [3] * 5


def test_an_error_of_one_ends_the_others(tmp_path, asked):
    class Broken(Held):
        def hold(self):
            if len(self.at) == 2:
                raise DataError("the disk is full")
            super().hold()

    search, workers, _, _ = searched(tmp_path / "o", asked, Broken)
    with pytest.raises(DataError, match="the disk is full"):
        search()
    assert [len(worker.ended) for worker in workers] == [1, 1]


def test_what_one_holds_that_is_stuck_is_let_go_of(tmp_path, asked, monkeypatch):
    monkeypatch.setattr(search_all, "_END_SECONDS", 0.1)
    search, workers, at, go_on = searched(tmp_path / "o", asked, Deaf)
    interrupted(search, at)
    assert [worker.ended for worker in workers] == [(KeyboardInterrupt,)] * 2
    go_on.set()


def test_a_second_interrupt_does_not_wait(tmp_path, asked, monkeypatch):
    monkeypatch.setattr(search_all, "_END_SECONDS", 300.0)
    search, workers, at, go_on = searched(tmp_path / "o", asked, Deaf)
    began = time.monotonic()
    interrupted(search, at, times=2)
    assert time.monotonic() - began < search_all._END_SECONDS
    assert [worker.ended for worker in workers] == [()] * 2
    go_on.set()
