"""Runs the steps of a study that are not done, and keeps what each one cost.

OUT/steps/NAME.json is written when a step has ended well: `command`, without places of
the user's own, `seconds`, null where the step ended while nobody looked,
`processor_seconds` of it and what it started, on all cores together, which others at
work on the machine hardly lengthen (null, too, of what its own workers make, and where
the system does not say), and
`went_on`, whether an attempt before was cut short: then all are of the last one.
OUT/study.log says the same in time; what commands print is shown and not kept, since
it may hold the user's own ids.
"""

import datetime
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pipelines.errors import DataError, UsageError
from pipelines.storage import atomic_files, lock
from zoo.runs import json_objects
from zoo.studies import steps
from zoo.studies.request import Request
from zoo.studies.steps import Step
from zoo.training import fold_process

LOG = "study.log"
_LAUNCHER = "zoo.studies.step_process"
_REMADE = (
    "pipelines.phantom",
    "zoo.ensemble",
    "zoo.evaluate",
    "zoo.compare",
)  # cut short they can't go on
# Their workers' time is not to be had: those of a fork server are waited for by nobody.
_BY_WORKERS = ("pipelines.phantom", "pipelines.ingest")
Execute = Callable[[tuple[str, ...]], int]


def run(request: Request, execute: Execute | None = None) -> None:
    """Runs every step that is not done, in order.

    Args:
        execute: runs a command and gives its exit code; none = as a process that ends
            with this one.

    Raises:
        LockedError: another process runs this study.
        DataError: a step failed, or what a finished one made is gone.
        UsageError: a command refused its options.
    """
    execute = execute or _execute
    with lock.hold(request.out / ".study.lock", subject=str(request.out)):
        every = steps.steps(request)
        for number, step in enumerate(every, start=1):
            if not _is_done(request, step):
                print(f"[{number}/{len(every)}] {step.name}", file=sys.stderr)
                _run(request, step, execute)


def record(request: Request, step: Step) -> Path:
    """Where it is written that a step is done."""
    return request.out / "steps" / f"{step.name}.json"


def _is_done(request: Request, step: Step) -> bool:
    if not record(request, step).is_file():
        return False
    if not step.output.exists():
        raise DataError(
            f"step {step.name} is done, but what it made is gone: {step.output}. "
            "Restore it, or begin again with another --out"
        )
    return True


def _run(request: Request, step: Step, execute: Execute) -> None:
    shown = step.shown(steps.private_places(request))
    arguments = _arguments(step)
    if arguments is None:
        times = {"seconds": None, "processor_seconds": None}
        _write_record(request, step, command=shown, **times, went_on=True)
        _log(request, f"{step.name}: had ended")
        return
    went_on = arguments is step.again
    step.output.parent.mkdir(parents=True, exist_ok=True)
    _log(request, f"{step.name}: begins: {shown}")
    start, begun = time.perf_counter(), _processor_seconds()
    code = execute((sys.executable, "-m", _LAUNCHER, step.module, *arguments))
    seconds = time.perf_counter() - start
    processor = None
    if step.module not in _BY_WORKERS:
        processor = (_processor_seconds() - begun) or None
    times = {"seconds": seconds, "processor_seconds": processor}
    _log(request, f"{step.name}: exit code {code} after {seconds:.1f} s")
    if code == fold_process.INTERRUPTED:
        raise KeyboardInterrupt
    if code:
        kind = UsageError if code == 2 else DataError
        raise kind(
            f"study {request.name}, step {step.name} failed with exit code {code}; its "
            f"message is above. The command was: {shown}. Mend the cause and give the "
            "same command again: finished steps are not run again"
        )
    _write_record(request, step, command=shown, **times, went_on=went_on)


def _processor_seconds() -> float:
    """Of all processes that have ended below this one; 0 on Windows."""
    spent = os.times()
    return spent.children_user + spent.children_system


def _arguments(step: Step) -> tuple[str, ...] | None:
    """What is left to run; none where a step ended without being recorded."""
    if not step.output.exists():
        return step.arguments
    if step.module in _REMADE:
        shutil.rmtree(step.output)
        return step.arguments
    return step.again


def _write_record(request: Request, step: Step, **content: object) -> None:
    path = record(request, step)
    path.parent.mkdir(exist_ok=True)
    atomic_files.write_text(path, json_objects.text({"step": step.name, **content}))


def _log(request: Request, line: str) -> None:
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    with (request.out / LOG).open("a", encoding="utf-8") as log:
        log.write(f"{now} {line}\n")


def _execute(command: tuple[str, ...]) -> int:
    sys.stdout.flush()
    return fold_process.run(command, stdout=sys.stderr.fileno())
