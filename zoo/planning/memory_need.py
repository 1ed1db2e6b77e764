"""What a training step of a network takes of memory, and which batch fits.

`KNOWN` was measured by `python benchmarks/plan_memory.py`: the peak of a process that
makes training steps (forward, backward, Adam), at two batch sizes; rounded up. What
TensorFlow takes by itself is in `fixed_bytes`.
"""

from dataclasses import dataclass

from zoo.planning.fingerprint import Fingerprint

MARGIN = 1.5  # other allocators, other shapes, volumes that wait for their turn


@dataclass(frozen=True, kw_only=True)
class Need:
    """Of one network.

    Args:
        fixed_bytes: whatever the batch.
        voxel_bytes: for every voxel of every volume of a batch, channels apart.
    """

    fixed_bytes: int
    voxel_bytes: float


KNOWN = {
    "cnn3d": Need(fixed_bytes=600_000_000, voxel_bytes=700.0),
    "resnet18": Need(fixed_bytes=950_000_000, voxel_bytes=600.0),
    "resnet3d18": Need(fixed_bytes=1_400_000_000, voxel_bytes=250.0),
}


def known(arch: str) -> Need:
    """What was measured of a network that rules name."""
    return KNOWN[arch]


def largest_batch(need: Need, facts: Fingerprint) -> int:
    """How many volumes fit into the device's memory, with the margin; 1 at least."""
    room = facts.device.memory_bytes - need.fixed_bytes
    return max(1, int(room / (MARGIN * need.voxel_bytes * facts.voxels)))
