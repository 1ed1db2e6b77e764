"""Command: a study's table of results, class by class or model by model."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from pipelines import command
from pipelines.errors import UsageError
from pipelines.storage import atomic_files, output_paths
from pipelines.tables import table_file

_FORMS = ("per_class", "models")
_SPLITS = ("train", "validation", "test")
_DIGITS = 3
_SUFFIXES = (".csv", ".md")

_DESCRIPTION = """\
Prints the table of results that a paper has. per_class: a row for every class, with
accuracy as (sensitivity + specificity) / 2, sensitivity, specificity, PPV, NPV, F1,
kappa and AUC. models: a row for every model, with accuracy, F1, AUC, precision, recall
and specificity.
"""

_EXAMPLES = """\
examples:
  python -m zoo.table runs/series --form per_class --splits train validation test
  python -m zoo.table runs/resnet18 runs/resnet50 runs/mean --form models
  python -m zoo.table runs/resnet18 runs/heart predictions.csv --form models \\
      --intervals --out table.md
      runs, cross-validations, ensembles and predictions from elsewhere
  python -m zoo.table counts.csv --form per_class
      a paper's counts: the predicted classes in the header, a row for every true class
exit codes: 0 done; 1 a source can't be read; 2 wrong usage
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parsed = argparse.ArgumentParser(
        prog="python -m zoo.table",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parsed.add_argument(
        "source",
        nargs="+",
        type=Path,
        metavar="RUN",
        help="run directory, that of all folds or of an ensemble, metrics.json, "
        "predictions.csv, or a CSV of counts, true by predicted class",
    )
    parsed.add_argument("--form", choices=_FORMS, default="models", help="of the table")
    parsed.add_argument(
        "--splits",
        nargs="+",
        choices=_SPLITS,
        default=[],
        metavar="SPLIT",
        help="train, validation, test; default: the last that a source has",
    )
    parsed.add_argument(
        "--intervals", action="store_true", help="beside every figure that has one"
    )
    parsed.add_argument(
        "--digits",
        type=int,
        choices=range(1, 7),
        default=_DIGITS,
        metavar="N",
        help=f"decimals; default: {_DIGITS}",
    )
    parsed.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="write it there, too: .csv or .md; a file that is there is not "
        "overwritten",
    )
    return parsed


def main(argv: Sequence[str]) -> int:
    """Prints the table, and with --out the path."""
    options = parser().parse_args(argv)
    for source in options.source:
        if not (source.exists() or table_file.is_file(source)):
            raise UsageError(f"{source} does not exist. Name a run or a file")
    if options.out is not None:
        if options.out.suffix not in _SUFFIXES:
            raise UsageError(
                f"--out ends in {' or '.join(_SUFFIXES)}. Received: {options.out}"
            )
        output_paths.check_new_file(options.out, "--out")
    from zoo.evaluation.tables import judged, study_table  # they load SciPy

    results = judged.judged(
        options.source, splits=options.splits, intervals=options.intervals
    )
    table = study_table.FORMS[options.form](
        results, digits=options.digits, intervals=options.intervals
    )
    print(study_table.text(table))
    if options.out is not None:
        written = study_table.WRITERS[options.out.suffix](table)
        atomic_files.write_text(options.out, written)
        print(options.out)
    return 0


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
