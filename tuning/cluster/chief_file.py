"""OUT/chief.json: that a chief leads a sweep, and what its workers have to know.

It is there from the chief's begin to the end of the sweep, also while a chief that was
killed is away. Its owner alone can read it: who has the token is let in by the chief.
"""

import os
import secrets
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.storage import atomic_files, config_files
from tuning.sweeps.command_line import Options
from tuning.trials.sweep import Sweep
from zoo.runs import json_objects

FILE = "chief.json"
_PAUSE_SECONDS = 0.2


@dataclass(frozen=True, kw_only=True)
class ChiefFile:
    """What a chief tells through the directory that it shares with its workers.

    Args:
        token: that workers show.
        code: digest of the code that it leads the sweep with.
        silent, budget, max_trials, max_parameters, max_trial_time, weights_from: its
            options; local weights by their absolute path.
    """

    token: str
    code: str
    silent: str
    budget: str | None = None
    max_trials: int | None = None
    max_parameters: int | None = None
    max_trial_time: str | None = None
    weights_from: str | None = None


def write(sweep: Sweep, options: Options) -> ChiefFile:
    """Says that a sweep is led from now on.

    One that was led before keeps its token, so that workers of then are let in: not
    with other code.

    Raises:
        DataError: the file of a chief before does not read.
        OSError: it can't be written.
    """
    before = read(sweep.path) if is_there(sweep.path) else None
    kept = before is not None and before.code == sweep.code_digest
    weights = options.weights_from
    if weights is not None and os.path.exists(weights):
        weights = os.path.abspath(weights)
    content = ChiefFile(
        token=before.token if kept else secrets.token_hex(16),
        code=sweep.code_digest,
        silent=options.silent,
        budget=options.budget,
        max_trials=options.max_trials,
        max_parameters=options.max_parameters,
        max_trial_time=options.max_trial_time,
        weights_from=weights,
    )
    path = sweep.path / FILE
    aside = path.with_name(f".{FILE}.part")
    aside.unlink(missing_ok=True)
    text = json_objects.text(config_files.plain(content))
    atomic_files.write_private(aside, text)
    os.replace(aside, path)
    return content


def read(sweep: Path) -> ChiefFile:
    """What the chief of a sweep tells.

    Raises:
        UsageError: the sweep has no chief.
        DataError: the file is damaged, or can't be read.
    """
    if not is_there(sweep):
        raise UsageError(
            f"no chief leads {sweep}: it has no {FILE}. Start it by tuning.search "
            "--chief PORT first, and give --worker the --out that it has; workers see "
            "the same directory"
        )
    content = json_objects.read(sweep / FILE)
    return config_files.build(ChiefFile, content, name=FILE)


def waited_for(sweep: Path, wait_seconds: float) -> ChiefFile:
    """What the chief tells, which may be about to begin; raises as `read`."""
    end = time.monotonic() + wait_seconds
    if not is_there(sweep):
        print(
            f"Waiting for the chief of {sweep}, up to {wait_seconds:.0f} s",
            file=sys.stderr,
        )
    while not is_there(sweep) and time.monotonic() < end:
        time.sleep(_PAUSE_SECONDS)
    return read(sweep)


def is_there(sweep: Path) -> bool:
    """Whether a sweep is led, or was when its chief was killed."""
    return (sweep / FILE).is_file()


def remove(sweep: Path) -> None:
    """Says that a sweep has come to its end."""
    (sweep / FILE).unlink(missing_ok=True)


def check_not_led(sweep: Path) -> None:
    """Raises a UsageError where a chief leads a sweep, or was killed at it."""
    if is_there(sweep):
        raise UsageError(
            f"{sweep} is led by a chief, or was when it was killed. Give its command "
            f"again with --chief; or end its workers and remove {sweep / FILE}"
        )
