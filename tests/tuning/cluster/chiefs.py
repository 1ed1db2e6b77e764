"""A chief in a thread, and workers whose folds are not trained."""

import contextlib
import threading

from tests.tuning.sweeps import searches
from tuning.cluster import chief, worker
from tuning.cluster.chief_address import ChiefAddress
from tuning.sweeps import begin
from tuning.sweeps.command_line import Options, seconds
from tuning.trials.budget import Budget
from tuning.trials.work import silent


class KilledError(Exception):
    """The chief is no more."""


class Mortal(Budget):
    """A clock that a chief dies of, where it was told so."""

    @property
    def left(self):
        if self.killed.is_set():
            raise KilledError
        return super().left


class Led:
    """A chief that leads; `error` is what ended it, none where the sweep has ended."""

    def __init__(self, path, asked, address):
        self.error = None
        self._killed = threading.Event()
        self._block = contextlib.ExitStack()
        self._server = self._block.enter_context(chief.listening(address))
        self.target = self._server.address.target
        self.sweep = begin.opened_or_begun(path, asked)
        self._asked = asked
        self._thread = threading.Thread(target=self._lead, daemon=True)
        self._thread.start()

    def _lead(self):
        asked, sweep = self._asked, self.sweep
        total = seconds(asked.options.budget, "--budget")
        budget = Mortal(sweep.path, total)
        budget.killed = self._killed
        try:
            with self._block, chief.leading(sweep.path):
                chief.run(
                    sweep, asked, server=self._server, budget=budget, watch=silent
                )
        except BaseException as error:
            self.error = error

    def kill(self):
        """Ends the chief in the middle, and lets go of its port."""
        self._killed.set()
        self._thread.join(30)
        assert isinstance(self.error, KilledError)

    def end(self, seconds=30.0):
        """Waits for the chief's end."""
        self._thread.join(seconds)
        assert not self._thread.is_alive()
        if self.error is not None:
            raise self.error


def led(path, asked, port=0):
    return Led(path, asked, ChiefAddress(port=port))


def options(led, data):
    """As a worker's command line gives them."""
    return Options(data=str(data.path), out=led.sweep.path, worker=led.target)


def worked(given, noted=None, made=searches.Worker, **more):
    """Runs trials for a chief to its end."""
    joined = worker.joined(given)
    worker.run(
        joined,
        budget=joined.budget,
        watch=silent,
        make_worker=lambda environment: made(environment, noted=noted, **more),
    )


def together(given, noted, workers=3):
    """Several workers in threads; what each ended with."""
    ends = []

    def work():
        try:
            worked(given, noted)
            ends.append(None)
        except BaseException as error:
            ends.append(error)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends
