"""What a training would compute on: asked of the system, without TensorFlow."""

import shutil
import subprocess
from dataclasses import dataclass

from pipelines.batches import memory

_QUERY = ("nvidia-smi", "--query-gpu=memory.total", "--format=csv,noheader,nounits")
_MIB = 2**20
_GPU_SHARE = 0.8  # of a GPU's memory; the rest is the driver's and for fragments
_CPU_SHARE = 0.5  # of the machine's; a quarter may hold volumes, see `memory`


@dataclass(frozen=True, kw_only=True)
class Device:
    """A GPU, or the CPU.

    Args:
        memory_bytes: that a training step may take, a margin left.
    """

    gpu: bool
    memory_bytes: int

    def __str__(self) -> str:
        name = "GPU" if self.gpu else "CPU"
        return f"{name}, {self.memory_bytes / 2**30:.1f} GiB for a training step"


def here() -> Device:
    """The first GPU that `nvidia-smi` lists, else the CPU."""
    gpu_bytes = _gpu_bytes()
    if gpu_bytes:
        return Device(gpu=True, memory_bytes=int(_GPU_SHARE * gpu_bytes))
    whole = memory.budget_bytes() / memory.SHARE
    return Device(gpu=False, memory_bytes=int(_CPU_SHARE * whole))


def _gpu_bytes() -> int:
    """Memory of the first GPU; 0 where there is none."""
    if shutil.which(_QUERY[0]) is None:
        return 0
    try:
        answer = subprocess.run(
            _QUERY, capture_output=True, encoding="utf-8", timeout=20, check=True
        )
        return int(answer.stdout.splitlines()[0]) * _MIB
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return 0
