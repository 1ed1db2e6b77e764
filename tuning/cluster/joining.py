"""A sweep that several processes work on, on one machine or many, without a chief."""

import time
from collections.abc import Callable
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.storage import lock
from pipelines.storage.lock import LockedError
from tuning.cluster import leases
from tuning.sweeps import begin
from tuning.sweeps.begin import Search
from tuning.sweeps.command_line import seconds
from tuning.trials import sweep as sweeps
from tuning.trials.budget import Budget
from tuning.trials.sweep import Sweep
from tuning.trials.trial import Trial

_PAUSE_SECONDS = 0.5  # while another deals the data set


def opened_or_begun(path: Path, search: Search) -> Sweep:
    """The sweep at `path`, begun by whichever of the workers is first.

    Raises:
        UsageError: it was begun with something else, or the file system has no locks.
        DataError: it can't be written.
    """
    while True:
        try:
            sweep = begin.opened_or_begun(path, search)
            break
        except LockedError:
            time.sleep(_PAUSE_SECONDS)
        except UsageError:
            # Another's sweep may have appeared just now; if not, it fails again.
            if not sweeps.is_there(path):
                raise
            sweep = begin.opened_or_begun(path, search)
            break
    if not lock.is_known_in(path):
        raise UsageError(
            f"the file system of {path} knows no locks, so --join can't keep workers "
            "apart. Choose an --out on one that does (NFS from version 4, Lustre with "
            "-o flock), or search without --join"
        )
    return sweep


def check_alone(path: Path) -> None:
    """Raises a UsageError where other workers are at a sweep, or were killed at it."""
    if leases.are_there(path):
        raise UsageError(
            f"{path} is being searched by workers with --join, or was when they were "
            "killed. Give --join too: trials of silent workers are taken up again"
        )


def run(
    sweep: Sweep,
    search: Search,
    *,
    budget: Budget,
    watch: Callable[[Trial], None],
    make_worker: Callable | None = None,
) -> None:
    """Runs trials along with other workers, until all have ended or time is spent.

    Args:
        watch: is told of each trial of this process.
        make_worker: what trains folds, of its environment; none = a process.
    """
    # They load KerasTuner.
    from tuning.cluster.heartbeat import Heartbeat
    from tuning.cluster.leases import Leases
    from tuning.cluster.shared_oracle import SharedOracle
    from tuning.cluster.shared_worker import SharedWorker
    from tuning.sweeps import run as running
    from tuning.trials.fold_worker import FoldWorker

    silent_seconds = seconds(search.options.silent, "--silent")

    def shared(environment: dict[str, str]) -> SharedWorker:
        heartbeat = Heartbeat(sweep.path, silent_seconds)
        oracle = SharedOracle(
            lambda: running.opened_oracle(sweep, search, budget),
            stops=lambda: budget.left == 0,
            sweep=sweep,
            name=heartbeat.name,
            leases=Leases(sweep.path, heartbeat),
        )
        trains = (make_worker or FoldWorker)(environment)
        return SharedWorker(trains, signs=heartbeat, oracle=oracle)

    running.run(
        sweep,
        search,
        budget=budget,
        watch=watch,
        make_worker=shared,
        share=lambda worker: worker.oracle,
    )
