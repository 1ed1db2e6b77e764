"""What each of several workers on one machine computes on."""

import os
from collections.abc import Mapping, Sequence

_VISIBLE = "CUDA_VISIBLE_DEVICES"
_THREADS = (
    "OMP_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
)


def environments(
    workers: int, *, gpus: Sequence[str], cores: int
) -> list[dict[str, str]]:
    """The environment variables of each worker.

    A GPU each, in turn where there are fewer; on a machine without the cores are
    divided. A single worker takes what there is.

    Args:
        gpus: names as `CUDA_VISIBLE_DEVICES` has them; empty = there is none.
        cores: that this process may use.
    """
    if workers == 1:
        return [{}]
    if gpus:
        return [{_VISIBLE: gpus[worker % len(gpus)]} for worker in range(workers)]
    threads = str(max(1, cores // workers))
    return [dict.fromkeys(_THREADS, threads) for _ in range(workers)]


def gpus(count: int, environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Names of the GPUs that this process sees.

    Args:
        count: of those that TensorFlow lists.
    """
    named = environment.get(_VISIBLE, "")
    if named:
        return tuple(name.strip() for name in named.split(","))[:count]
    return tuple(str(number) for number in range(count))
