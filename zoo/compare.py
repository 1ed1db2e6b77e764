"""Command: whether models differ, on the same patients."""

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import command
from pipelines.errors import UsageError
from pipelines.storage import output_paths
from zoo.evaluation.results.settings import Settings

if TYPE_CHECKING:  # it loads SciPy
    from zoo.evaluation.comparison.report.comparison import Comparison

_DESCRIPTION = """\
Compares models on the same patients: the difference of each figure with its interval,
a paired test, Holm's allowance for several tests, and what that shows in words. AUC by
DeLong, accuracy and other proportions by the exact McNemar test, means by the paired
t test, all else by a paired bootstrap of patients. Of a repeated cross-validation a
figure is the mean of its repeats, and a patient's part in it the mean over them.
"""

_EXAMPLES = """\
a SOURCE is
  runs/liver              a run, or any directory with a predictions.csv
  runs/heart              of zoo.train --folds all: its test parts pooled
  runs/heart5             of --folds all --repeats 5: the mean of its repeats
  runs/heart:holdout      the mean of its networks on the patients set aside
  runs/liver:baseline     the regression on covariates alone
  predictions.csv         from elsewhere, see python -m zoo.evaluate --help
examples:
  python -m zoo.compare runs/liver runs/other
  python -m zoo.compare runs/a runs/b runs/c --reference runs/b --out evidence/abc
  python -m zoo.compare runs/liver runs/liver:baseline --figure auc
  python -m zoo.compare runs/a runs/b --figure sensitivity:ill --figure brier
  python -m zoo.compare runs/old runs/new --figure auc --margin 0.05
      is the new one worse than the old one by less than 0.05?
  python -m zoo.compare runs/heart runs/heart2 --by-fold
      and do the two ways to train differ, over the folds?
  python -m zoo.compare --gains runs/a runs/a-tuned runs/b runs/b-tuned --figure auc
      does a gain more than b by being tuned?
what each method is, and when it holds: docs/comparison.md
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parsed = argparse.ArgumentParser(
        prog="python -m zoo.compare",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parsed.add_argument("source", nargs="+", metavar="SOURCE", help="two or more")
    beside = parsed.add_mutually_exclusive_group()
    beside.add_argument(
        "--reference",
        metavar="SOURCE",
        help="that all others are compared with (default: the first)",
    )
    beside.add_argument(
        "--against-all", action="store_true", help="compare every pair instead"
    )
    beside.add_argument(
        "--gains",
        action="store_true",
        help="the sources are pairs, what is begun from and what came of it: does the "
        "first pair gain more than each of the others?",
    )
    parsed.add_argument(
        "--figure",
        action="append",
        metavar="NAME",
        help="of merit, as in metrics.json, several by repeating; of one class, label "
        "or column NAME:CLASS (default: auc and accuracy; of grades quadratic_kappa "
        "and accuracy; of numbers mae)",
    )
    parsed.add_argument(
        "--margin",
        type=float,
        help="of the one --figure: how much worse than the reference is as good",
    )
    parsed.add_argument(
        "--level",
        choices=("patient", "sample"),
        help="default: patient, unless a patient has samples of several classes",
    )
    parsed.add_argument(
        "--split",
        choices=("train", "validation", "test"),
        help="default: test; of all folds the one that their summary judges",
    )
    parsed.add_argument(
        "--target", default="", metavar="NAME", help="a further target of the runs"
    )
    parsed.add_argument(
        "--common",
        action="store_true",
        help="leave out patients that are not in all sources",
    )
    parsed.add_argument(
        "--fold-mean",
        action="store_true",
        help="figures are means over folds, not of the pooled folds",
    )
    parsed.add_argument(
        "--by-fold",
        action="store_true",
        help="also test the differences of the folds, of all repeats (Nadeau and "
        "Bengio); both sources want the same ones",
    )
    parsed.add_argument(
        "--confidence",
        type=float,
        default=0.95,
        metavar="LEVEL",
        help="of the intervals (default 0.95)",
    )
    parsed.add_argument(
        "--bootstrap",
        type=int,
        default=2000,
        metavar="N",
        help="resamples of patients (default 2000)",
    )
    parsed.add_argument("--seed", type=int, default=0, help="of the resampling")
    parsed.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="writes comparison.json, comparison.csv and comparison.png there; one "
        "that is there is not overwritten",
    )
    return parsed


def main(argv: Sequence[str]) -> int:
    """Prints the table, and with --out the path that was written."""
    options = parser().parse_args(argv)
    _check(options)
    settings = Settings(
        confidence=options.confidence, bootstrap=options.bootstrap, seed=options.seed
    )
    from zoo.evaluation.comparison.report import text  # it loads SciPy

    compared = _compared(options, settings)
    print(text.text(compared))
    if options.out is not None:
        from zoo.evaluation.comparison.report import files  # it loads Matplotlib

        print(files.write(compared, options.out))
    return 0


def _compared(options: argparse.Namespace, settings: Settings) -> "Comparison":
    """The comparison of what the command line names."""
    from zoo.evaluation.comparison import figures_of_merit
    from zoo.evaluation.comparison.report import (
        comparison,
        places,
        rows,
        same_patients,
        sources,
    )
    from zoo.evaluation.comparison.report.row import Question

    texts, beside = _texts(options)
    found = sources.opened(
        [places.place(text) for text in texts],
        split=options.split,
        target=options.target,
    )
    same = same_patients.joined(found, level=options.level, common=options.common)
    names = [source.name for source in same.sources]
    first = same.sources[0].predictions
    figures = figures_of_merit.default(first)
    if options.figure:
        named = dict.fromkeys(options.figure)
        figures = tuple(figures_of_merit.named(name, first) for name in named)
    pairs = rows.pairs_of(names, names[beside], every=options.against_all)
    question = Question(
        pairs=() if options.gains else pairs,
        gains=rows.gains_of(names) if options.gains else (),
        figures=figures,
        settings=settings,
        aggregate="mean" if options.fold_mean else "pooled",
        margin=options.margin,
        by_fold=options.by_fold,
    )
    return comparison.of(same, question)


def _texts(options: argparse.Namespace) -> tuple[list[str], int]:
    """The sources as they are named, and the place of the reference among them."""
    texts, beside = [*options.source], 0
    if options.reference is not None:
        paths = [Path(text) for text in texts]
        if Path(options.reference) not in paths:
            texts.append(options.reference)
            paths.append(Path(options.reference))
        beside = paths.index(Path(options.reference))
    if len(texts) < 2:
        raise UsageError(
            "a comparison wants two sources or more. Received: "
            f"{texts[0]}. Name another run, or {texts[0]}:baseline"
        )
    return texts, beside


def _check(options: argparse.Namespace) -> None:
    """Raises a UsageError for what no source could mend."""
    if options.bootstrap < 200:
        raise UsageError(
            "an interval wants 200 resamples or more. Received: --bootstrap "
            f"{options.bootstrap}"
        )
    if options.gains:
        number = len(options.source)
        if number < 4 or number % 2:
            raise UsageError(
                "--gains wants two pairs of sources or more, in each first what is "
                f"gained over: A A-TUNED B B-TUNED. Received: {number} sources"
            )
        if options.margin is not None:
            raise UsageError("--margin is of two models, not of gains. Leave it out")
    if options.margin is not None:
        if not (options.margin > 0 and math.isfinite(options.margin)):
            raise UsageError(
                "a margin is a number above 0, in units of the figure. Received: "
                f"--margin {options.margin:g}"
            )
        if len(set(options.figure or ())) != 1:
            raise UsageError(
                "a margin is of one figure, in its units. Name it, and it alone, by "
                "--figure"
            )
    if options.out is not None:
        names = ("comparison.json", "comparison.csv", "comparison.png")
        output_paths.check_new_files(options.out, names, "--out")


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
