"""Command: which networks there are, what they cost, and one of them in full."""

import argparse
import json
import shutil
from collections.abc import Sequence

from pipelines import command
from pipelines.errors import UsageError
from pipelines.storage import output_paths
from zoo.architectures import registry
from zoo.catalogue import entry, input_sizes, table

_DESCRIPTION = """\
Lists the networks of the zoo: parameters, multiply-adds, published ImageNet weights,
citation. With a NAME: its layers, what its weights want to see and what it gives.
"""

_EXAMPLES = """\
examples:
  python -m zoo.models
  python -m zoo.models --json > networks.json
  python -m zoo.models resnet3d18
  python -m zoo.models resnet3d18 --shape 28 28 28 1
  python -m zoo.models mypackage.mynet:build
      a network of your own
  python -m zoo.models --measure
      for who changes the zoo: counts all anew and writes the file that the list is from
exit codes: 0 done; 2 wrong usage
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parsed = argparse.ArgumentParser(
        prog="python -m zoo.models",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parsed.add_argument(
        "name",
        nargs="?",
        metavar="NAME",
        help="a network, also package.module:function",
    )
    parsed.add_argument(
        "--shape",
        nargs="+",
        type=int,
        metavar="SIZE",
        help="of NAME's input: H W C at rank 2, D H W C at rank 3; else its reference",
    )
    parsed.add_argument("--json", action="store_true", help="print JSON")
    parsed.add_argument(
        "--measure", action="store_true", help="count all networks anew (minutes)"
    )
    return parsed


def main(argv: Sequence[str]) -> int:
    """Prints the list or one network; --measure writes the list's file."""
    options = parser().parse_args(argv)
    width = shutil.get_terminal_size(fallback=(0, 0)).columns
    if options.measure:
        if options.name or options.shape or options.json:
            raise UsageError("--measure counts all networks and takes nothing else")
        print(_measure())
    elif options.name:
        print(_network(options, width or 100))
        command.say_next("zoo.train", "--arch", options.name, "--data", "DATASET")
    elif options.shape:
        raise UsageError("--shape goes with the NAME of a network")
    else:
        print(_all(options, width or 1000))
        command.say_next("zoo.models", "NAME")
    return 0


def _measure() -> str:
    output_paths.check_file(entry.PATH, "the list")
    from zoo.catalogue import measurement

    networks = registry.ARCHITECTURES.values()
    entries = measurement.measure_all(networks, progress=True)
    return str(entry.write(entries, entry.PATH))


def _network(options: argparse.Namespace, width: int) -> str:
    architecture = registry.get(options.name)
    shape = tuple(options.shape) if options.shape else architecture.reference
    input_sizes.check(architecture, shape)
    from zoo.catalogue import description, page

    network = description.describe(architecture, shape)
    if options.json:
        return json.dumps(description.plain(network), indent=2, ensure_ascii=False)
    return page.text(network, width=width)


def _all(options: argparse.Namespace, width: int) -> str:
    entries = entry.read(entry.PATH)
    if options.json:
        rows = [table.row_of_json(network) for network in entries]
        return json.dumps(rows, indent=2, ensure_ascii=False)
    return table.text(entries, width=width)


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
