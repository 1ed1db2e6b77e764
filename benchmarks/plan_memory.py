"""What training steps of the networks that `zoo.plan` chooses among take of memory.

    python benchmarks/plan_memory.py [--shape D H W C]

Each is measured as `zoo.plan --probe` measures it: the peak of a process of its own
that makes training steps of 1 and of 4 volumes. `KNOWN` of zoo/planning/memory_need.py
has these figures, rounded up.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--shape", type=int, nargs=4, default=[48, 96, 96, 1], metavar="SIZE"
    )
    options = parser.parse_args()
    from zoo.planning import memory_need, memory_probe

    for arch in memory_need.KNOWN:
        need = memory_probe.measure(arch, tuple(options.shape))
        print(
            f"{arch:12} fixed {need.fixed_bytes / 1e6:.0f} MB, "
            f"{need.voxel_bytes:.0f} bytes a voxel"
        )


if __name__ == "__main__":
    main()
