"""How much memory a process holds once it has been through its first epoch.

    python benchmarks/loading_memory.py DATASET

Run by `loading.py`, in a process of its own: what was freed before would be taken
again unseen. Prints the bytes.
"""

import ctypes
import gc
import os
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipelines import command

_STATM = Path("/proc/self/statm")
_LARGER = 3  # times as many samples, to tell what each of them takes


def bytes_per_volume(shape, samples, *, step):
    """Bytes that the cache holds for each volume; none where the system tells nothing.

    From two data sets, so that batches on their way, which both have, count as nothing.
    """
    from noise_data import write_data_set

    if not _STATM.is_file():
        return None
    held = []
    with tempfile.TemporaryDirectory() as directory:
        for count in (samples, _LARGER * samples):
            data = write_data_set(Path(directory) / str(count), count, shape, step=step)
            held.append(_in_a_process(data.path))
    return (held[1] - held[0]) / ((_LARGER - 1) * samples)


def _in_a_process(path):
    done = subprocess.run(
        [sys.executable, __file__, str(path)], stdout=subprocess.PIPE, check=True
    )
    return int(done.stdout)


def growth(path):
    """Bytes that are held after the first epoch and were not before."""
    from loading_ways import MEMORY, batch_settings, training

    from pipelines.batches.dataset import steps_per_epoch
    from pipelines.records.directory import open_dataset

    data = open_dataset(path)
    batches = iter(training(data, "zscore", MEMORY))
    before = _resident_bytes()
    for _ in islice(batches, steps_per_epoch(data, batch_settings())):
        pass
    return _resident_bytes() - before


def _resident_bytes():
    """Of this process, after what was freed went back to the system."""
    gc.collect()
    give_back = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if give_back is not None:
        give_back(0)
    return int(_STATM.read_text(encoding="utf-8").split()[1]) * os.sysconf(
        "SC_PAGE_SIZE"
    )


def main(argv):
    (path,) = argv
    command.quiet_tensorflow()
    print(growth(path))
    return 0


if __name__ == "__main__":
    command.leave(command.run(main))
