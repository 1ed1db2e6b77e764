"""Command: which recipe to begin with, from what the data set is."""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pipelines
from pipelines import command
from pipelines.augment.spatial.settings import AXES
from pipelines.splits.roles import fold_names
from pipelines.storage import atomic_files, output_paths

_DESCRIPTION = """\
Plans a recipe from what a data set is: its grid, spacing, channels, intensities, kind
of target, patients of each class, split, and this machine. It says why of every
setting, and what it can't mend. Rules and what they rest on: docs/planning.md
"""

_EXAMPLES = """\
examples:
  python -m zoo.plan --data datasets/liver
  python -m zoo.plan --data datasets/liver --out liver.toml
  python -m zoo.train --data datasets/liver --recipe liver.toml
  python -m zoo.train --data datasets/liver
      takes the plan by itself
  python -m zoo.plan --data datasets/heart --mirror height width
      no class is a matter of these sides: mirror along them
  python -m zoo.plan --data datasets/liver --probe
      measures the memory of the planned network on this machine
exit codes: 0 done; 1 the data set can't be planned for; 2 wrong usage
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parsed = argparse.ArgumentParser(
        prog="python -m zoo.plan",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parsed.add_argument(
        "--data",
        required=True,
        metavar="DATASET",
        help="directory that pipelines.ingest wrote",
    )
    parsed.add_argument(
        "--fold", metavar="FOLD", help="plan for this fold alone (default: for all)"
    )
    parsed.add_argument(
        "--mirror",
        nargs="+",
        choices=AXES,
        default=[],
        help="axes along which no class is a matter of sides; data can't tell",
    )
    parsed.add_argument(
        "--probe",
        action="store_true",
        help="measure the memory of the planned network here (half a minute)",
    )
    parsed.add_argument(
        "--without",
        nargs="+",
        default=[],
        metavar="NAME",
        help="data sets whose evidence is left out, to test the rules on them",
    )
    parsed.add_argument(
        "--out",
        type=Path,
        metavar="TOML",
        help="write the recipe there, and the table to the terminal; a file that is "
        "there is not overwritten",
    )
    return parsed


def main(argv: Sequence[str]) -> int:
    """Prints the recipe, or with --out the table and the path."""
    options = parser().parse_args(argv)
    if options.out is not None:
        output_paths.check_new_file(options.out, "--out")
    data = pipelines.open_dataset(options.data)
    from zoo.planning import data_plan, text

    plan = data_plan.plan_for(
        data,
        fold=options.fold,
        mirror=options.mirror,
        without=options.without,
        probe=options.probe,
    )
    width = shutil.get_terminal_size(fallback=(100, 0)).columns
    shown = text.shown(plan, width=width)
    if options.out is None:
        print(shown, file=sys.stderr)
        print(text.toml(plan), end="")
        return 0
    atomic_files.write_text(options.out, text.toml(plan))
    print(shown)
    print(options.out)
    which = () if options.fold is None else ("--fold", options.fold)
    if options.fold is None and fold_names(data.groups, data.task.split):
        which = ("--folds", "all")
    recipe = ("--recipe", options.out)
    command.say_next("zoo.train", *recipe, "--data", options.data, *which)
    return 0


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
