"""The process that augments volumes in one way, some batches of them at a time.

It is asked by lines on standard input and answers by lines of JSON on standard output.
It runs in the environments of the peers: no import of the project.
"""

import json
import math
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

DIFFERENT = 8  # volumes, taken again and again
AHEAD = 4  # batches that are not timed: as many as may have been made beforehand
_LOOK_SECONDS = 0.2


@dataclass(frozen=True, kw_only=True)
class Order:
    """The augmentation that is asked for.

    Args:
        operation: its name in the package's table.
        shape: D, H, W, C.
        batches: timed at once.
        batch: volumes of a batch.
        threads: of the framework, or processes that augment.
    """

    operation: str
    shape: tuple[int, int, int, int]
    batches: int
    batch: int
    threads: int


@dataclass(frozen=True, kw_only=True)
class Augmenter:
    """An augmentation that is ready to be timed.

    Args:
        next_batch: the next of endless batches with draws of its own; a number of it.
        versions: of the package and its framework.
    """

    next_batch: Callable[[], float]
    versions: str


def volumes(shape: tuple[int, int, int, int]) -> np.ndarray:
    """The same for all packages: noise in an ellipsoid, `[N, D, H, W, C]` float32."""
    draw = np.random.default_rng(0)
    axes = np.ogrid[tuple(slice(-1, 1, size * 1j) for size in shape[:3])]
    inside = sum(axis**2 for axis in axes)[..., np.newaxis] < 1.5
    return (draw.normal(size=(DIFFERENT, *shape)) * inside).astype(np.float32)


def main(build: Callable[[Order], Augmenter], order_kind: type[Order] = Order) -> None:
    """Answers each line by wall-clock and CPU seconds of `order.batches` batches."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what packages print is no answer
    asked = json.loads(sys.argv[1])
    order = order_kind(**{**asked, "shape": tuple(asked["shape"])})
    augmenter = build(order)
    print(json.dumps(augmenter.versions), file=answers, flush=True)
    for _ in sys.stdin:
        taken = _seconds(augmenter.next_batch, order.batches)
        print(json.dumps(taken), file=answers, flush=True)


def _seconds(next_batch: Callable[[], float], batches: int) -> dict[str, float]:
    """Of batches in full swing; of CPU from full buffers to full buffers.

    So each batch that is taken was made meanwhile, or one in its place. The first call
    finds nothing made, and is for nothing but that.
    """
    start_cpu = _cpu_seconds()
    for _ in range(AHEAD):
        next_batch()
    start = time.perf_counter()
    total = sum(next_batch() for _ in range(batches))
    wall = time.perf_counter() - start
    _settle()
    if not math.isfinite(total):
        raise ValueError(f"voxels are finite. Received: {total}")
    cpu = (_cpu_seconds() - start_cpu) * batches / (AHEAD + batches)
    return {"wall": wall, "cpu": cpu}


def _settle() -> None:
    """Waits until buffers are full and nothing is computed any more."""
    before = -1.0
    while _cpu_seconds() - before > _LOOK_SECONDS / 10:
        before = _cpu_seconds()
        time.sleep(_LOOK_SECONDS)


def _cpu_seconds() -> float:
    """Of this process and, where the system tells, of its workers."""
    ticks = 0
    for worker in multiprocessing.active_children():
        stat = Path(f"/proc/{worker.pid}/stat")
        if stat.is_file():
            ticks += sum(
                map(
                    int,
                    stat.read_text(encoding="utf-8").rpartition(")")[2].split()[11:13],
                )
            )
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")
