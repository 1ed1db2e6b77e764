"""The process that holds one network and times one step of it at a time.

It is asked by lines on standard input and answers by lines of JSON on standard output.
Standard library alone: it runs in the environments of the peers.
"""

import json
import math
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Order:
    """The network that is asked for.

    Args:
        network: its name in the package.
        shape: `(*spatial, C)` of one sample.
        batch: samples a step.
        classes: of the head.
        threads: of the framework.
        learning_rate: of Adam.
    """

    network: str
    shape: tuple[int, ...]
    batch: int
    classes: int
    threads: int
    learning_rate: float = 1e-4


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What has to agree between two networks that are compared.

    Args:
        parameters: trainable weights.
        multiply_adds: of the convolutions and dense layers, for one sample.
        sizes: spatial sizes of the maps after convolutions and poolings, in the order
            of their appearance, each once, as `32x64x64`.
        versions: of the package and its framework.
    """

    parameters: int
    multiply_adds: int
    sizes: tuple[str, ...]
    versions: str


@dataclass(frozen=True, kw_only=True)
class Network:
    """A network that is ready to be timed.

    Args:
        train: one step of training on a batch that is in memory; the loss.
        infer: the class scores of that batch; their sum.
        limit: the convolutions of a training step alone; any number.
    """

    traits: Traits
    train: Callable[[], float]
    infer: Callable[[], float]
    limit: Callable[[], float] | None = None


def main(build: Callable[[Order], Network]) -> None:
    """Builds the network of `sys.argv[1]` and answers until standard input ends.

    `train`, `infer` and `limit` are answered by wall-clock and CPU seconds, `memory` by
    the highest MiB in memory so far above what there was before building.
    """
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what packages print is no answer
    asked = json.loads(sys.argv[1])
    order = Order(**{**asked, "shape": tuple(asked["shape"])})
    before = _peak_mib()
    network = build(order)

    def answer(value: object) -> None:
        print(json.dumps(value), file=answers, flush=True)

    answer(vars(network.traits))
    for line in sys.stdin:
        match line.strip():
            case "train":
                answer(_seconds(network.train))
            case "infer":
                answer(_seconds(network.infer))
            case "limit" if network.limit:
                answer(_seconds(network.limit))
            case "memory":
                answer(_peak_mib() - before)
            case unknown:
                raise ValueError(f"train, infer or memory. Received: {unknown!r}")


def _seconds(step: Callable[[], float]) -> dict[str, float]:
    start, start_cpu = time.perf_counter(), time.process_time()
    value = step()
    wall, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    if not math.isfinite(value):
        raise ValueError(f"loss or sum of scores is finite. Received: {value}")
    return {"wall": wall, "cpu": cpu}


def _peak_mib() -> float:
    per_mib = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, KiB here
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / per_mib
