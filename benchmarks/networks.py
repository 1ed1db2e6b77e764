"""Time and memory of a training step and of inference, ours and peers' side by side.

    python benchmarks/networks.py --setup DIR        environments for the peers, once
    python benchmarks/networks.py --arch resnet3d18 resnet3d50 densenet121 \\
        --peer medicai=DIR/medicai/bin/python --peer monai=DIR/monai/bin/python \\
        --peer classification-models-3d=DIR/classification-models-3d/bin/python
    python benchmarks/networks.py --repeats 3 --batch 1 --json FILE    the whole zoo
    python benchmarks/networks.py --arch cnn3d --shape 32 64 64 --batch 4
    python benchmarks/networks.py --arch resnet3d18 --auto --limit --peer monai=…

Every network lives in a process of its own and does one step at a time when asked:
a step of each in turn, round by round, in an order that rotates, so that a busy machine
disturbs all alike. All on the CPU, in float32, with Adam, cross-entropy of two classes,
the batch in memory, and `--threads` threads; Keras' models as `tf.function`s on
TensorFlow without XLA, the zoo's without dropout, torch's eager. Wall-clock and CPU
seconds are medians over the rounds; a ratio is ours to the peer's, the median (and the
quartiles) of the rounds' ratios: below 1, ours is faster. Memory is the highest MiB
resident so far above what there was before the network was built: that of inference
is read before the first training step.

With `--auto` ours comes first as `precision = "auto"` trains it on this CPU, which a
trial settles beforehand; ours in float32 stands beside it, and each network of MONAI a
second time under torch's autocast in bfloat16. What our runs keep, and so inference,
is in float32 either way. With `--limit` the convolutions of our networks are run alone
as well, one after the other, forward and both gradients: their share of a training
step is how near that is to what this machine's convolutions allow.

Two networks are a matched pair where parameters and multiply-adds agree within 1 % and
the maps have the same sizes one after the other, hence stem and strides; what differs
all the same is remarked. Our densenet121 is a network of rank 2, so there is no pair
for medicai's 3D one; the 2D one of the same class is compared. A peer without `--peer`
is left out, and the output says so. A comparison at resnet3d18 with all peers takes
five minutes of CPU time.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from peers.catalogue import PEERS, set_up
from peers.comparison import compare
from peers.conversation import BENCHMARKS, Contender, environment, interpreters
from peers.table import table
from peers.worker import Order

from pipelines import command
from pipelines.batches.slices import Slices
from pipelines.errors import UsageError
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Recipe
from zoo.training import precision_choice

OURS = "peers.zoo_networks"


def reference_shapes():
    """Of our architectures, by name; asked of a process, this one stays small."""
    asked = subprocess.run(
        [sys.executable, "-m", "peers.zoo_shapes"],
        cwd=BENCHMARKS,
        env=environment(1),
        stdout=subprocess.PIPE,
        check=True,
        encoding="utf-8",
    )
    return json.loads(asked.stdout.splitlines()[-1])


def ours(architecture, label, precision):
    """Our network as it trains in a precision."""
    return Contender(
        label=f"zoo {architecture}{label}",
        interpreter=sys.executable,
        module=OURS,
        network=f"{architecture} {precision}",
        is_ours=True,
    )


def settled(architecture, shape, batch):
    """The precision that `"auto"` is here; it says on standard error why."""
    shape = shape if len(shape) == 4 else (1, *shape)
    optimisation = Optimisation(precision="auto", batch_size=batch)
    slices = Slices(train=1)
    recipe = Recipe(arch=architecture, optimisation=optimisation, slices=slices)
    return precision_choice.settled(recipe, shape).optimisation.precision


def contenders(architecture, interpreters, *, automatic=None):
    """Ours first, then the peers' of which an interpreter is known.

    Args:
        automatic: the precision that `"auto"` is here; none = nobody asked.
    """
    competing = [ours(architecture, "", "float32")]
    if automatic is not None:
        competing.insert(0, ours(architecture, f", auto: {automatic}", automatic))
    for name, peer in PEERS.items():
        wanted = peer.networks.get(architecture, ())
        if automatic is not None:
            wanted += peer.brief_networks.get(architecture, ())
        for network in wanted:
            if name in interpreters:
                contender = Contender(
                    label=f"{name} {network}",
                    interpreter=interpreters[name],
                    module=peer.module,
                    network=network,
                    remark=peer.remark,
                )
                competing.append(contender)
    return competing


def left_out(architecture, interpreters):
    """Peers that have a counterpart but no interpreter."""
    return [
        name
        for name, peer in PEERS.items()
        if architecture in peer.networks and name not in interpreters
    ]


def parse(argv):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--setup", type=Path, metavar="DIR", help="make environments")
    parser.add_argument("--arch", nargs="+", metavar="NAME", help="default: all")
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        metavar="NAME=PYTHON",
        help=f"interpreter of a peer's environment: {', '.join(PEERS)}",
    )
    parser.add_argument("--repeats", type=int, default=9, help="rounds (9)")
    parser.add_argument("--batch", type=int, default=2, help="samples a step (2)")
    parser.add_argument(
        "--shape",
        type=int,
        nargs="+",
        metavar="SIZE",
        help="of each spatial axis; default: the architecture's reference",
    )
    parser.add_argument("--threads", type=int, default=2, help="of every network (2)")
    parser.add_argument("--auto", action="store_true", help="ours in 16 bits, too")
    parser.add_argument("--limit", action="store_true", help="convolutions alone, too")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    return parser.parse_args(argv)


def shapes(asked):
    """The shape that each architecture is measured at."""
    known = reference_shapes()
    for name in asked.arch or ():
        if name not in known:
            raise UsageError(
                f"no architecture named {name!r}. Choose of {', '.join(known)}"
            )
    references = {name: tuple(known[name]) for name in asked.arch or known}
    if asked.shape is None:
        return references
    for name, reference in references.items():
        if len(reference) != len(asked.shape) + 1:
            raise UsageError(
                f"{name} has {len(reference) - 1} spatial axes. Received: --shape "
                f"{' '.join(map(str, asked.shape))}"
            )
    return {
        name: (*asked.shape, reference[-1]) for name, reference in references.items()
    }


def measured(architecture, shape, asked, known):
    """What the comparison at one architecture found, and how it was made."""

    def order(network):
        return Order(
            network=network,
            shape=shape,
            batch=asked.batch,
            classes=2,
            threads=asked.threads,
        )

    automatic = settled(architecture, shape, asked.batch) if asked.auto else None
    competing = contenders(architecture, known, automatic=automatic)
    return {
        "shape": shape,
        "batch": asked.batch,
        "threads": asked.threads,
        "repeats": asked.repeats,
        "left_out": left_out(architecture, known),
        "networks": compare(competing, order, asked.repeats, with_limit=asked.limit),
    }


def measure(asked):
    """Prints a table after each architecture, and the figures of all at the end."""
    known, results = interpreters(asked.peer, PEERS), {}
    for architecture, shape in shapes(asked).items():
        print(f"{architecture} ...", file=sys.stderr)
        results[architecture] = measured(architecture, shape, asked, known)
        print(table(architecture, results[architecture]), flush=True)
        if asked.json:  # after each: a network that fails takes no other with it
            asked.json.write_text(
                json.dumps(results, indent=2) + "\n", encoding="utf-8"
            )
    print(asked.json or json.dumps(results, indent=2))


def main(argv):
    asked = parse(argv)
    if min(asked.repeats, asked.batch, asked.threads, *(asked.shape or (1,))) < 1:
        raise UsageError("--repeats, --batch, --threads and --shape are 1 or more")
    if asked.setup:
        for name, python in set_up(asked.setup).items():
            print(f"--peer {name}={python}")
    else:
        measure(asked)
    return 0


if __name__ == "__main__":
    command.leave(command.run(main))
