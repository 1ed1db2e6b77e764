"""Ctrl-C and SIGTERM on processes with several workers: others go on at once."""

import json
import signal

import pytest

from tests.tuning.cluster import chiefs, processes
from tests.tuning.sweeps import searches
from tests.zoo.training import trained
from tests.zoo.training.test_fold_process import waited
from tuning.cluster import joining
from tuning.cluster.leases import FOLDER as LEASES
from tuning.trials import results
from tuning.trials.budget import Budget
from tuning.trials.work import silent

SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143}
EVERY = {(f"{t:04d}", fold) for t in range(5) for fold in "012"}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    counts = {(f"fold-{number}", ""): 8 for number in range(3)}
    folder = tmp_path_factory.mktemp("sweeps") / "data"
    return trained.data_set(folder, counts=counts, kind="folds", folds=3)


def interrupt(process, number, given_back):
    """Ends a process, both of whose workers are at a second fold.

    Args:
        given_back: whether it holds nothing any more; its exit may take longer.
    """
    try:
        lines = []
        while sum(line.startswith("begun") for line in lines) < 4:
            lines.append(process.stdout.readline())
            assert lines[-1], "the process has ended"
        process.send_signal(number)
        assert waited(given_back, seconds=3)
        assert process.wait(60) == SIGNALS[number]
    finally:
        process.kill()
        process.communicate()


def assert_kept(noted):
    """The folds that were done before the signal are not among those done after it.

    These are the first of either trial and, on a busy machine, perhaps the second.
    """
    kept = EVERY - set(noted)
    assert {("0000", "0"), ("0001", "0")} <= kept
    assert {trial for trial, _ in kept} == {"0000", "0001"}
    assert len(noted) == len(set(noted)) == len(EVERY) - len(kept)


@pytest.mark.slow
@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_what_shared_workers_held_is_taken_up_at_once(number, tmp_path, data):
    process = processes.joining(tmp_path, data, 1.0, workers=2, silent=60)
    out = tmp_path / "o"

    def are_gone():
        return not any(any((out / name).iterdir()) for name in (LEASES, "workers"))

    interrupt(process, number, are_gone)
    asked = searches.search(tmp_path, data, join=True, silent="60s", max_trials=5)
    sweep = joining.opened_or_begun(out, asked)
    began = [trial.trial_id for trial in results.trials(sweep)]
    assert began == ["0000", "0001"]
    noted = []
    joining.run(
        sweep,
        asked,
        budget=Budget(out),
        watch=silent,
        make_worker=lambda environment: searches.Worker(environment, noted=noted),
    )
    assert {trial.state for trial in results.trials(sweep)} == {"completed"}
    assert_kept(noted)


@pytest.mark.slow
@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_what_workers_of_a_chief_held_is_queued_at_once(number, tmp_path, data, capfd):
    asked = searches.search(tmp_path, data, max_trials=5, silent="60s")
    led = chiefs.led(tmp_path / "o", asked)
    process = processes.working(led, data, 1.0, workers=2)

    def is_queued():
        text = (led.sweep.oracle_path / "oracle.json").read_text(encoding="utf-8")
        return json.loads(text)["retry_queue"] == ["0001", "0000"]

    interrupt(process, number, is_queued)
    noted = []
    chiefs.worked(chiefs.options(led, data), noted)
    led.end(5)
    assert {trial.state for trial in results.trials(led.sweep)} == {"completed"}
    assert_kept(noted)
    assert "is silent" not in capfd.readouterr().err
