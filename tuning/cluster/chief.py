"""The chief of a sweep: it has the oracle, and workers on this or other machines."""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import DataError
from tuning.cluster import chief_file, joining
from tuning.cluster.chief_address import ChiefAddress
from tuning.cluster.presence import Presence
from tuning.sweeps import holding
from tuning.sweeps.begin import Search
from tuning.sweeps.command_line import seconds
from tuning.trials import results
from tuning.trials.budget import Budget
from tuning.trials.sweep import Sweep
from tuning.trials.trial import Trial
from zoo.runs import json_objects
from zoo.serving.loopback import is_loopback

if TYPE_CHECKING:
    from tuning.cluster.chief_server import ChiefServer
    from tuning.cluster.leased_oracle import LeasedOracle

_TICK_SECONDS = 0.5  # between two looks at the workers


@contextlib.contextmanager
def listening(address: ChiefAddress) -> Iterator["ChiefServer"]:
    """Has the port while the block runs; nobody is answered yet.

    Raises:
        UsageError: it is in use.
    """
    from tuning.cluster.chief_server import ChiefServer  # it loads gRPC

    if not is_loopback(address.host):
        print(
            f"{address.target} can be reached from other machines. It has no password "
            "and is not encrypted: a token lets in who can read this sweep's "
            f"{chief_file.FILE}. Listen on a network that you trust",
            file=sys.stderr,
        )
    server = ChiefServer(address)
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def leading(path: Path) -> Iterator[None]:
    """Holds a sweep's directory while the block runs.

    What is written aside stays: workers of a chief that was killed may be at it.

    Raises:
        UsageError: another process is at the sweep.
        DataError: it can't be written.
    """
    with holding.locked(path):
        joining.check_alone(path)
        yield


def run(
    sweep: Sweep,
    search: Search,
    *,
    server: "ChiefServer",
    budget: Budget,
    watch: Callable[[Trial], None],
) -> None:
    """Hands out trials until all have ended, or the time is spent, and workers left.

    Args:
        server: that listens.
        watch: is told of each trial that begins, gets on or ends.

    Raises:
        DataError: the sweep's directory can't be written.
    """
    # They load KerasTuner.
    from tuning.cluster import chief_services
    from tuning.cluster.leased_oracle import LeasedOracle
    from tuning.sweeps import run as running
    from tuning.trials import best_recipe

    presence = Presence(seconds(search.options.silent, "--silent"))
    held = _held_before(sweep)
    shown = {trial.trial_id: trial for trial in results.trials(sweep)}
    budget.note()
    oracle = LeasedOracle(
        running.opened_oracle(sweep, search, budget),
        sweep=sweep,
        presence=presence,
        stops=lambda: budget.left == 0,
        held=held,
    )
    told = chief_file.write(sweep, search.options)
    chief_services.add(server.grpc, oracle, presence=presence, sweep=sweep.path)
    server.start(token=told.token, heard=presence.heard)
    print(_how_to_join(sweep, search, server.address), file=sys.stderr)
    while not oracle.is_over:
        time.sleep(min(_TICK_SECONDS, presence.interval))
        _take_back(oracle, search.options.silent)
        _show(oracle.trial_ids, sweep, shown, watch)
        if budget.left is not None:
            budget.note()  # workers that join count from there
    _show(oracle.trial_ids, sweep, shown, watch)
    chief_file.remove(sweep.path)
    best_recipe.refresh(sweep)
    budget.note()


def _held_before(sweep: Sweep) -> dict[str, str]:
    """Trials by their workers, of a chief that was killed."""
    path = sweep.oracle_path / "oracle.json"
    if not (chief_file.is_there(sweep.path) and path.is_file()):
        return {}
    return json_objects.entry(
        json_objects.read(path), "ongoing_trials", dict, path=path
    )


def _how_to_join(sweep: Sweep, search: Search, address: ChiefAddress) -> str:
    """What the user has to start."""
    data = search.data.path
    if os.path.exists(data):
        data = os.path.abspath(data)
    return (
        f"Chief at {address.target}. Workers, as many as you like:\n"
        f"  python -m tuning.search --worker {address.for_workers} --data {data} "
        f"--out {sweep.path.absolute()}"
    )


def _take_back(oracle: "LeasedOracle", silent: str) -> None:
    """Queues what silent workers were at, and raises what made a step fail."""
    for name, trial_id in oracle.take_back():
        left = "" if trial_id is None else f": trial {trial_id} waits for another"
        print(f"Worker {name} is silent for {silent}{left}", file=sys.stderr)
    if isinstance(oracle.fault, OSError):
        raise DataError(
            f"the sweep's directory can't be written: {oracle.fault.strerror}. Free "
            "some space or make it writable, and give the same command again"
        ) from oracle.fault
    if oracle.fault is not None:
        raise oracle.fault


def _show(
    trial_ids: Iterable[str],
    sweep: Sweep,
    shown: dict[str, Trial],
    watch: Callable[[Trial], None],
) -> None:
    """Tells of trials that have got on: workers write their files."""
    for trial_id in trial_ids:
        before = shown.get(trial_id)
        if before is not None and not before.is_running:
            continue
        trial = sweep.trial(trial_id)
        if trial is not None and trial != before:
            shown[trial_id] = trial
            watch(trial)
