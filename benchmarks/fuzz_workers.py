"""A process that tries mutated inputs, watched: it may neither hang nor die."""

import importlib
import multiprocessing
import os
import random
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

_CPU_S = 10.0  # of one input: more is a hang
_WALL_S = 120.0  # of one input, on a machine that others use, too
_POLL_S = 0.25
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, kw_only=True)
class Tried:
    """One mutated input, and what came of it.

    Args:
        verdict: `equal ...`, `rejected: ...`, `ignored: ...`, or what is wrong:
            `WRONG: ...`, `CRASH: ...`, `HANG`.
        seconds: until then.
    """

    kind: str
    seed: int
    number: int
    mutation: str
    verdict: str
    seconds: float

    @property
    def failed(self) -> bool:
        """Whether it is neither the same nor refused."""
        return self.verdict.startswith(("WRONG", "CRASH", "HANG"))


def tried(
    kind: str,
    seed: int,
    numbers: list[int],
    folder: Path,
    *,
    enough: Callable[[], bool],
) -> Iterator[Tried]:
    """Tries inputs one after the other, in processes that end when an input ends them.

    Args:
        numbers: of the inputs; a seed and a number make always the same one.
        enough: asked after every input.
    """
    context = multiprocessing.get_context("spawn")
    left = list(numbers)
    while left and not enough():
        # A queue would lose what its thread has not sent when the process dies.
        told, tell = context.Pipe(duplex=False)
        process = context.Process(
            target=_work, args=(kind, seed, left, str(folder), tell), daemon=True
        )
        process.start()
        tell.close()
        try:
            for one in _watched(kind, seed, process, told):
                left.remove(one.number)
                yield one
                if enough():
                    break
        finally:
            process.kill()
            process.join()


def _watched(
    kind: str, seed: int, process: BaseProcess, told: Connection
) -> Iterator[Tried]:
    """What a process tells, and what became of the input that it died or hung of."""
    number, began, spent = None, time.monotonic(), 0.0
    while True:
        try:
            message = told.recv() if told.poll(_POLL_S) else ""
            ended = ""
        except EOFError:
            process.join()
            ended = f"CRASH: the process ended with {process.exitcode}"
        if message is None and not ended:
            return
        if isinstance(message, int) and not ended:
            number, began, spent = message, time.monotonic(), _cpu_s(process)
            continue
        if not message and number is not None:
            long = time.monotonic() - began > _WALL_S
            if long or _cpu_s(process) - spent > _CPU_S:
                ended = "HANG"
        if ended and number is None:
            raise RuntimeError(f"{kind}: {ended} before any input")
        if ended:
            message = (number, "?", ended, time.monotonic() - began)
        if message:
            number, mutation, verdict, seconds = message
            yield Tried(
                kind=kind,
                seed=seed,
                number=number,
                mutation=mutation,
                verdict=verdict,
                seconds=round(seconds, 3),
            )
        if ended:
            return


def _cpu_s(process: BaseProcess) -> float:
    try:
        fields = (
            Path(f"/proc/{process.pid}/stat")
            .read_text(encoding="utf-8")
            .rpartition(")")[2]
            .split()
        )
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _work(
    kind: str, seed: int, numbers: list[int], folder: str, tell: Connection
) -> None:
    from pipelines.command import quiet_tensorflow

    quiet_tensorflow()
    os.makedirs(folder, exist_ok=True)
    module = importlib.import_module(f"fuzz_{kind}")
    if limit := getattr(module, "MEMORY_BYTES", None):
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    subject = module.Subject(Path(folder))
    for number in numbers:
        tell.send(number)
        began = time.monotonic()
        mutation, verdict = one(subject, seed, number)
        tell.send((number, mutation, verdict, time.monotonic() - began))
    tell.send(None)


def one(subject, seed: int, number: int) -> tuple[str, str]:
    """One input of a subject; what no code foresaw is a crash, not an end."""
    try:
        return subject.run(random.Random(f"{seed}/{number}"))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # of Rust's panics, too
        place = error.__traceback__
        while place.tb_next:
            place = place.tb_next
        where = f"{Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}"
        return "?", f"CRASH: {type(error).__name__} at {where}: {error}"[:300]
