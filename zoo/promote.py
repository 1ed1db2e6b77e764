"""`python -m zoo.promote`: which version of a model is the one that answers."""

import argparse
import os
from collections.abc import Sequence

from pipelines import command
from pipelines.errors import UsageError

_DESCRIPTION = """\
Moves a label from one exported version of a model to another. A client that names no
version gets the newest one that is loaded; one that asks for the label stable gets what
you chose here. A running server follows within seconds.
"""

_EXAMPLES = """\
examples:
  python -m zoo.promote liver 3 --label stable
      version 3 answers as stable; the version that did so until now stays loaded
  python -m zoo.promote liver 4 --label canary
  python -m zoo.promote liver --rollback
      stable goes back to the version that carried it before
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parsed = argparse.ArgumentParser(
        prog="python -m zoo.promote",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parsed.add_argument("name", metavar="NAME", help="a model of the model root")
    parsed.add_argument(
        "version", metavar="VERSION", type=int, nargs="?", help="one of its versions"
    )
    what = parsed.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--label", choices=("stable", "canary"), help="what the version carries now"
    )
    what.add_argument(
        "--rollback",
        action="store_true",
        help="give stable back to the version that carried it before",
    )
    parsed.add_argument(
        "--root",
        default="saved_models",
        metavar="DIR",
        help="the model root (default saved_models)",
    )
    return parsed


def main(argv: Sequence[str]) -> int:
    """Prints the model, its version and the label, as NAME/VERSION: LABEL."""
    options = parser().parse_args(argv)
    if options.rollback and options.version is not None:
        raise UsageError(
            f"--rollback takes no VERSION. Received: {options.version}. To choose one, "
            f"python -m zoo.promote {options.name} {options.version} --label stable"
        )
    if options.label and options.version is None:
        raise UsageError(f"--label {options.label} wants a VERSION")
    if not os.path.isdir(options.root):
        raise UsageError(
            f"{options.root} does not exist. Name the model root by --root"
        )
    from zoo.serving.model_root import promotion

    if options.rollback:
        version = promotion.rollback(options.root, options.name)
    else:
        version = options.version
        promotion.promote(options.root, options.name, version, options.label)
    label = options.label or "stable"
    print(f"{options.name}/{version}: {label}")
    asked = ("--endpoint", "URL", "--model", options.name, "--label", label)
    command.say_next("zoo.predict", *asked, "--dicom", "DIR")
    return 0


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
