"""Volumes a second of every augmentation, ours and peers' side by side.

    python benchmarks/networks.py --setup DIR        environments for the peers, once
    python benchmarks/augment.py --peer monai=DIR/monai/bin/python \\
        --peer medicai=DIR/medicai/bin/python [--json FILE]
    python benchmarks/augment.py --operation prostate_sequences noise --steps 12
    python benchmarks/augment.py --shape 16 32 32 --batches 2 --rounds 3

Part one: every contender lives in a process of its own and augments a few batches at a
time when asked, all of them in turn, round by round, in an order that rotates, so that
a busy machine disturbs all alike. The volumes are the same, float32, in memory; single
operations happen to each of them, presets as their chances say (`nash`: one slice of
three channels, with CutMix). Ours and medicai's are `tf.data` pipelines of `--threads`
calls at once; MONAI's a DataLoader in one process with as many threads of torch, the
same with its lazy resampling where it has several to compose, and as many worker
processes. What was prepared beforehand is not timed. A ratio is ours to the peer's
volumes a second, the median (and the quartiles) of the rounds' ratios: above 1, ours is
faster. CPU time, that of workers included, tells how much work it is, whatever else the
machine does.

Part two trains resnet3d18 on such volumes with the preset `prostate_sequences`, in
batches of 4, and takes the time in `next(batches)` as a share of the step.
"""

import argparse
import contextlib
import json
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from peers.augment_catalogue import (
    OPERATIONS,
    OURS,
    PEERS,
    PRESETS,
    SLICES,
    counterparts,
)
from peers.augment_worker import Order
from peers.comparison import ratio
from peers.conversation import Contender, conversation, interpreters

from pipelines import command
from pipelines.errors import UsageError

PRESET = "prostate_sequences"


def contenders(operation, known):
    """Ours first, then the peers' of which an interpreter is known."""
    competing = [
        Contender(
            label="zoo", interpreter=sys.executable, module=OURS, network=operation
        )
    ]
    for name, peer, theirs in counterparts(operation):
        if name in known:
            contender = Contender(
                label=name + theirs.removeprefix(operation),
                interpreter=known[name],
                module=peer.module,
                network=theirs,
                remark=peer.remarks[operation],
            )
            competing.append(contender)
    return competing


def shape_of(operation, asked):
    """D, H, W, C of a volume that the operation is measured on."""
    _, height, width = asked.shape
    return (1, height, width, 3) if operation in SLICES else (*asked.shape, 1)


def compare(operation, asked, known):
    """Seconds a volume of every contender, round by round, and the ratios of ours."""
    shape = shape_of(operation, asked)
    competing = contenders(operation, known)
    with contextlib.ExitStack() as stack:
        talks = []
        for contender in competing:
            order = Order(
                operation=contender.network,
                shape=shape,
                batches=asked.batches,
                batch=asked.batch,
                threads=asked.threads,
            )
            talks.append(stack.enter_context(conversation(contender, order)))
        measured = [
            {
                "label": contender.label,
                "remark": contender.remark,
                "versions": talk.traits(),
                "seconds": [],
                "cpu_seconds": [],
            }
            for contender, talk in zip(competing, talks)
        ]
        in_turn(list(zip(measured, talks)), asked)
    for figures in measured[1:]:
        for clock in ("", "cpu_"):  # volumes a second: the inverse of seconds
            figures[f"{clock}ratio"] = ratio(figures, measured[0], f"{clock}seconds")
    return {"shape": shape, "contenders": measured}


def in_turn(pairs, asked):
    """Rounds, each beginning with another contender, behind one that is not timed."""
    for _, talk in pairs:  # tracing, and memory that is asked for once
        talk.ask("again")
    volumes = asked.batches * asked.batch
    for number in range(asked.rounds):
        turn = number % len(pairs)
        for figures, talk in pairs[turn:] + pairs[:turn]:
            taken = talk.ask("again")
            figures["seconds"].append(taken["wall"] / volumes)
            figures["cpu_seconds"].append(taken["cpu"] / volumes)


def table(operation, results):
    """What was found, for reading."""
    shape = "x".join(map(str, results["shape"]))
    lines = [f"{operation}, {shape}"]
    for figures in results["contenders"]:
        wall, cpu = (
            statistics.median(figures[name]) for name in ("seconds", "cpu_seconds")
        )
        line = f"  {figures['label']:20}{1 / wall:9.1f} volumes/s{1000 * cpu:9.1f} ms"
        if "ratio" in figures:
            low, high = figures["ratio"]["quartiles"]
            line += (
                f"   ours {figures['ratio']['median']:.2f} ({low:.2f}-{high:.2f}), "
                f"of CPU {figures['cpu_ratio']['median']:.2f}"
            )
        lines.append(line + (f"; {figures['remark']}" if figures["remark"] else ""))
    return "\n".join(lines)


def wait(asked):
    """How long training steps wait for volumes of the preset."""
    command.quiet_tensorflow()
    from loading_waiting import measure_waiting
    from noise_data import write_data_set

    from pipelines.augment import augmentation
    from pipelines.batches.samples import Variation

    with tempfile.TemporaryDirectory() as directory:
        data = write_data_set(Path(directory), asked.samples, tuple(asked.shape))
        preset = Variation(augmentation=augmentation.load(PRESET))
        return {
            "from memory": measure_waiting(data, asked.steps, variation=preset),
            "cache off": measure_waiting(
                data, asked.steps, variation=preset, cache_bytes=0
            ),
        }


def parse(argv):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    every = (*OPERATIONS, *PRESETS)
    parser.add_argument(
        "--operation",
        nargs="+",
        choices=every,
        default=every,
        metavar="NAME",
        help=f"default: all of {', '.join(every)}",
    )
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        metavar="NAME=PYTHON",
        help=f"interpreter of a peer's environment: {', '.join(PEERS)}",
    )
    parser.add_argument(
        "--shape", type=int, nargs=3, default=(64, 128, 128), help="64 128 128"
    )
    parser.add_argument("--rounds", type=int, default=9, help="9")
    parser.add_argument("--batches", type=int, default=12, help="timed at once (12)")
    parser.add_argument("--batch", type=int, default=4, help="volumes a batch (4)")
    parser.add_argument("--threads", type=int, default=2, help="of everyone (2)")
    parser.add_argument("--steps", type=int, default=12, help="12; 0 = no training")
    parser.add_argument("--samples", type=int, default=32, help="to train on (32)")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    return parser.parse_args(argv)


def main(argv):
    asked = parse(argv)
    sizes = (asked.rounds, asked.batches, asked.batch, asked.threads, asked.samples)
    if min(*sizes, *asked.shape) < 1 or asked.steps < 0:
        raise UsageError("numbers are 1 or more, --steps 0 or more")
    known = interpreters(asked.peer, PEERS)
    results = {"threads": asked.threads, "rounds": asked.rounds, "operations": {}}
    for operation in asked.operation:
        compared = compare(operation, asked, known)
        results["operations"][operation] = compared
        print(table(operation, compared), flush=True)
        if asked.json:  # after each: one that fails takes no other with it
            asked.json.write_text(
                json.dumps(results, indent=2) + "\n", encoding="utf-8"
            )
    if asked.steps:
        results["waiting"] = wait(asked)
        for name, step in results["waiting"].items():
            print(
                f"resnet3d18 step, {PRESET}, {name}: {step['step_seconds']:.2f} s, "
                f"{100 * step['wait_share']:.2f} % of it waiting for data, "
                f"{100 * step['longest_wait_share']:.2f} % in the worst step"
            )
    if asked.json:
        asked.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(asked.json or json.dumps(results, indent=2))
    return 0


if __name__ == "__main__":
    command.leave(command.run(main))
