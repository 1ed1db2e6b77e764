"""Measures the memory of training steps in a process of its own.

`python -m zoo.planning.memory_probe ARCH D H W C BATCH` prints the peak in bytes (on a
GPU what TensorFlow allocated, else what the process had resident) and how many voxels
of a volume the network saw.
"""

import json
import math
import resource
import subprocess
import sys
from collections.abc import Sequence
from types import ModuleType

from pipelines.errors import UsageError
from zoo.planning.memory_need import Need

_STEPS = 2  # the first traces and holds constants; the second is like all others
_BATCHES = (1, 4)


def measure(arch: str, shape: tuple[int, int, int, int]) -> Need:
    """What training steps of a network take here, at two batch sizes.

    Args:
        shape: D, H, W, C.

    Raises:
        UsageError: the network does not even train with a batch of four here.
    """
    few, many = (_trained(arch, shape, batch) for batch in _BATCHES)
    each = max(0, many["bytes"] - few["bytes"]) / (_BATCHES[1] - _BATCHES[0])
    return Need(
        fixed_bytes=max(0, int(few["bytes"] - each)),
        voxel_bytes=max(1.0, each / few["voxels"]),
    )


def _trained(arch: str, shape: tuple[int, ...], batch: int) -> dict[str, int]:
    """What a process of its own says of its training steps, see `main`."""
    call = [sys.executable, "-m", "zoo.planning.memory_probe", arch]
    call += [str(number) for number in (*shape, batch)]
    answer = subprocess.run(call, capture_output=True, encoding="utf-8", check=False)
    if answer.returncode:
        reason = answer.stderr.strip().splitlines() or [f"code {answer.returncode}"]
        raise UsageError(
            f"{arch} can't make a training step of {batch} volumes of "
            f"{'x'.join(map(str, shape))} here: {reason[-1]}. Choose a coarser grid, "
            "or plan without --probe"
        )
    return json.loads(answer.stdout.splitlines()[-1])


def _steps(arch: str, shape: tuple[int, ...], batch: int) -> dict[str, int]:
    """Peak of bytes over some training steps, and voxels a volume that they saw."""
    import keras
    import tensorflow as tf

    import zoo

    network = zoo.build(arch, shape=shape, classes=2)
    optimizer = keras.optimizers.Adam(1e-3)
    weights = network.training.trainable_variables
    optimizer.build(weights)

    @tf.function
    def step(volumes: tf.Tensor) -> None:
        with tf.GradientTape() as tape:
            answers = keras.tree.flatten(network.training(volumes, training=True))
            loss = tf.add_n([tf.reduce_mean(answer**2) for answer in answers])
        optimizer.apply(tape.gradient(loss, weights), weights)

    seen = network.training.inputs[0].shape[1:]  # a network of slices sees fewer
    for _ in range(_STEPS):
        step(tf.random.normal((batch, *seen)))
    return {"bytes": _peak(tf), "voxels": math.prod(seen[:-1])}


def _peak(tensorflow: ModuleType) -> int:
    """Bytes, at most so far: of the GPU's allocator, else of the process."""
    configured = tensorflow.config
    if configured.list_physical_devices("GPU"):
        return configured.experimental.get_memory_info("GPU:0")["peak"]
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(argv: Sequence[str]) -> None:
    """Prints the peak of one network, shape and batch as JSON."""
    arch, *numbers = argv
    *shape, batch = map(int, numbers)
    print(json.dumps(_steps(arch, tuple(shape), batch)))


if __name__ == "__main__":
    main(sys.argv[1:])
