"""How fast training batches come, and how long a training step waits for them.

    python benchmarks/loading.py [--json FILE]
    python benchmarks/loading.py --shape 64x64x64 --normalisation zscore --rounds 15
    python benchmarks/networks.py --setup DIR          an environment for MONAI, once
    python benchmarks/loading.py --peer monai=DIR/monai/bin/python

Part one measures volumes a second of `train_batches` in batches of 4 with flips along
all axes, for each shape and normalisation, from memory and with the cache off, each as
a ratio to the bare loop over the same records: `TFRecordDataset` and one `map`, not
parallel, of `parse_tensor` and a cast to float32 (a parallel one is beside it). The
records are int16 noise, 60 % of it foreground. The rounds are interleaved, and every
figure is a median, of ratios round by round, so that a busy machine disturbs all alike;
CPU time tells how much work it is, whatever else the machine does. The first epoch, in
which nothing is in memory yet, stands beside the later ones, and above them what the
cache then holds for each volume.

Part two, with `--peer`, asks MONAI for the same volumes from uncompressed NIfTI files,
z-score and flips by its own transforms: CacheDataset beside ours from memory,
PersistentDataset beside ours with the cache off, each by a ThreadDataLoader, with 2
threads of torch or one, and by a DataLoader with 2 workers, tensors with and without
metadata. Only later epochs are timed. The fastest way of MONAI is named: on a busy
machine its two threads of torch wait for one another. Part three trains resnet3d18
with such batches and takes the time in `next(batches)` as a share of the whole step.
"""

import argparse
import json
import math
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import loading_peers
from peers.conversation import interpreters

from pipelines import command
from pipelines.errors import UsageError

SHAPES = ((64, 64, 64), (64, 128, 128))
NORMALISATIONS = ("zscore", "percentile", "equalise", "none")
_VOXELS = 2**25  # of all samples, by default


def shape_of(text):
    """`64x128x128` as three sizes."""
    try:
        shape = tuple(map(int, text.split("x")))
    except ValueError:
        shape = ()
    if len(shape) != 3 or min(shape) < 1:
        raise argparse.ArgumentTypeError(
            f"a shape is slices x rows x columns, like 64x128x128. Received: {text!r}"
        )
    return shape


def samples_of(shape, asked):
    """As many as asked for, or so many that all shapes take similar time."""
    return asked or min(128, max(32, _VOXELS // math.prod(shape)))


def measure_shape(shape, asked):
    """All normalisations of one shape, and the memory that the cache takes."""
    import loading_ways
    from loading_memory import bytes_per_volume
    from noise_data import write_bare, write_data_set

    samples = samples_of(shape, asked.samples)
    with tempfile.TemporaryDirectory() as directory:
        bare = Path(directory) / "bare.tfrecord"
        data = write_data_set(
            Path(directory) / "records", samples, shape, step=asked.step
        )
        write_bare(bare, data)
        measured = {
            kind: loading_ways.measure(data, bare, kind, asked.rounds)
            for kind in asked.normalisation
        }
    return {
        "samples": samples,
        "cache_bytes_per_volume": bytes_per_volume(shape, samples, step=asked.step),
        "normalisations": measured,
    }


def measure_training(asked):
    """The wait of training steps on the first shape."""
    from loading_waiting import measure_waiting
    from loading_ways import CACHE_BYTES, FLIPS
    from noise_data import write_data_set

    shape = asked.shape[0]
    samples = samples_of(shape, asked.samples)
    with tempfile.TemporaryDirectory() as directory:
        data = write_data_set(Path(directory), samples, shape, step=asked.step)
        return {
            way: measure_waiting(data, asked.steps, variation=FLIPS, cache_bytes=limit)
            for way, limit in CACHE_BYTES.items()
        }


def table(shape, results):
    """What was found of one shape, for reading."""
    from loading_ways import MEMORY

    lines = [
        f"{shape}, {results['samples']} volumes, cached in "
        f"{_mebibytes(results['cache_bytes_per_volume'])} a volume",
        f"{'':40}{'volumes/s':>10}{'to bare':>9}{'CPU ms':>8}{'epoch':>9}{'first':>9}",
    ]
    for kind, figures in results["normalisations"].items():
        rates, ratios = figures["volumes_per_second"], figures["ratio_to_bare"]
        for name, rate in rates.items():
            line = f"{f'{kind}: {name}':40}{rate:10.0f}{ratios[name]:9.2f}"
            line += f"{figures['cpu_ms_per_volume'][name]:8.2f}"
            if name in figures["epoch_seconds"]:
                line += f"{figures['epoch_seconds'][name]:7.2f} s"
            if name == MEMORY:
                line += f"{figures['first_epoch_seconds']:7.2f} s"
            lines.append(line)
    return "\n".join(lines)


def _mebibytes(size):
    return "unknown memory" if size is None else f"{size / 2**20:.2f} MiB"


def parse(argv):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--shape", type=shape_of, nargs="+", default=SHAPES, help="64x64x64 64x128x128"
    )
    parser.add_argument(
        "--normalisation",
        nargs="+",
        choices=NORMALISATIONS,
        default=NORMALISATIONS,
        help="default: all",
    )
    parser.add_argument("--samples", type=int, help="default: 32 to 128, by shape")
    parser.add_argument(
        "--step",
        type=float,
        default=1.0,
        help="between voxels' values; .37 = quantised records, as of resampled volumes",
    )
    parser.add_argument("--rounds", type=int, default=5, help="5")
    parser.add_argument("--steps", type=int, default=12, help="12; 0 = no training")
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        metavar="NAME=PYTHON",
        help=f"interpreter of a peer's environment: {', '.join(loading_peers.PEERS)}",
    )
    parser.add_argument("--json", type=Path, help="write the figures there too")
    return parser.parse_args(argv)


def check(asked):
    """Raises a UsageError for numbers that measure nothing."""
    if min(asked.rounds, asked.samples or 4) < 1 or asked.steps < 0 or asked.step <= 0:
        raise UsageError("numbers are 1 or more, --steps 0 or more, --step positive")
    if asked.samples is not None and asked.samples < 4:
        raise UsageError(f"--samples fill a batch of 4. Received: {asked.samples}")


def main(argv):
    asked = parse(argv)
    check(asked)
    known = interpreters(asked.peer, loading_peers.PEERS)
    command.quiet_tensorflow()
    results = {"shapes": {}, "peers": {}, "waiting": {}}
    for shape in asked.shape:
        name = "x".join(map(str, shape))
        results["shapes"][name] = measure_shape(shape, asked)
        print(table(name, results["shapes"][name]), flush=True)
        if known:
            results["peers"][name] = loading_peers.compare(
                known,
                shape,
                samples=samples_of(shape, asked.samples),
                rounds=asked.rounds,
                batch=4,
            )
            print(loading_peers.table(results["peers"][name]), flush=True)
    if asked.steps:
        results["waiting"] = measure_training(asked)
    for name, step in results["waiting"].items():
        print(
            f"resnet3d18 step, {name}: {step['step_seconds']:.2f} s, "
            f"{100 * step['wait_share']:.2f} % of it waiting for data"
        )
    text = json.dumps(results, indent=2)
    if asked.json:
        asked.json.write_text(text + "\n", encoding="utf-8")
    print(asked.json or text)
    return 0


if __name__ == "__main__":
    command.leave(command.run(main))
