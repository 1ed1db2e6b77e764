"""Command: published weights fetched, converted and listed."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from pipelines import command
from pipelines.storage import output_paths
from zoo.architectures import registry
from zoo.weights import weights_file
from zoo.weights.formats import safetensors_file
from zoo.weights.published import cache, sources
from zoo.weights.published.sources import SOURCES

_DESCRIPTION = """\
ImageNet weights: where they come from, fetched into the directory of weights, or
converted into the project's own file.

They are looked for in the directories that ZOO_WEIGHTS names (separated as in PATH),
or else in ~/.cache/mri-volume-zoo/weights, and fetched into the first of them.
"""

_EXAMPLES = """\
examples:
  python -m zoo.weights list
  python -m zoo.weights fetch resnet18
  python -m zoo.weights convert resnet18-f37072fd.pth --arch resnet18
  python -m zoo.train --arch resnet18 --weights resnet18-f37072fd.zoo.safetensors ...

exit codes: 0 done; 1 failed on the file or the network; 2 wrong usage.
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parsed = argparse.ArgumentParser(
        prog="python -m zoo.weights",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parsed.add_subparsers(dest="action", required=True, metavar="ACTION")
    fetch = actions.add_parser("fetch", help="bring the weights of an architecture")
    fetch.add_argument("name", metavar="NAME", help="architecture, as for --arch")
    convert = actions.add_parser("convert", help="write a file in the zoo's layout")
    convert.add_argument("file", type=Path, metavar="FILE", help="published weights")
    convert.add_argument("--arch", required=True, metavar="NAME", help="what they fit")
    convert.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="default: beside FILE, ending in .zoo.safetensors",
    )
    actions.add_parser("list", help="what there is, and what of it is here")
    return parsed


def main(argv: Sequence[str]) -> int:
    """Does the action and prints the path that was written, or the table."""
    options = parser().parse_args(argv)
    action = {"fetch": _fetch, "convert": _convert, "list": _list}[options.action]
    print(action(options))
    command.say_next(*_next(options))
    return 0


def _next(options: argparse.Namespace) -> tuple[object, ...]:
    """The command that uses what was brought, converted or listed."""
    if options.action == "list":
        return "zoo.weights", "fetch", "NAME"
    fetched = options.action == "fetch"
    arch = options.name if fetched else options.arch
    weights = "imagenet" if fetched else _converted(options)
    data = ("--data", "DATASET")
    return "zoo.train", "--arch", arch, "--weights", weights, *data


def _converted(options: argparse.Namespace) -> Path:
    return options.out or options.file.with_suffix(safetensors_file.SUFFIX)


def _fetch(options: argparse.Namespace) -> Path:
    name = options.name
    if name not in SOURCES:
        name = registry.get(name).family
    return cache.obtain(sources.get(name)).path


def _convert(options: argparse.Namespace) -> Path:
    out = _converted(options)
    output_paths.check_file(out, "--out")
    architecture = registry.get(options.arch)
    weights_file.check_new(out)
    weights_file.format_of(options.file)
    weights_file.check(options.file)
    from zoo.weights import convert

    return convert.convert(options.file, architecture, out)


def _list(options: argparse.Namespace) -> str:
    from zoo.weights.published import table as checksum_table

    return checksum_table.text(SOURCES)


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
