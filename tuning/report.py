"""Command: the report of a sweep, as a page, as CSV and for TensorBoard."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from pipelines import command
from tuning.trials import sweep as sweeps

_DESCRIPTION = """\
Writes what a sweep has found so far into its directory: report.html, one page that
needs no network, trials.csv with everything of each trial, and tensorboard/, which
`tensorboard --logdir DIR/tensorboard` shows under HParams; of a sweep with outer folds
outer_folds.csv as well. It may run while the sweep does.
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parsed = argparse.ArgumentParser(
        prog="python -m tuning.report",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parsed.add_argument(
        "directory",
        metavar="DIR",
        type=Path,
        help="a sweep that python -m tuning.search made",
    )
    return parsed


def main(argv: Sequence[str]) -> int:
    """Prints the paths of what was written."""
    sweep = sweeps.opened(parser().parse_args(argv).directory)
    from tuning.reporting import findings, hparams, outer_folds_csv, page, trials_csv

    of_sweep = findings.of(sweep)
    for write in (page.write, trials_csv.write, hparams.write):
        print(write(of_sweep))
    if of_sweep.nested is not None:
        print(outer_folds_csv.write(of_sweep, of_sweep.nested))
    return 0


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
