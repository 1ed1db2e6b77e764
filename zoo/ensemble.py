"""Command: several finished runs as one that answers by a rule."""

import argparse
from collections.abc import Sequence

from pipelines import command
from zoo.ensembling.rules import RULES

_DESCRIPTION = """\
Makes an ensemble of finished runs: of different networks, folds or seeds on one data
set, or of several data sets, as of one sequence each, whose models vote for a patient.
Patients are joined by their pseudonyms; a model whose sequence a patient lacks
abstains. Weights, and the model of stacking, are learned on validation alone.

The ensemble is a directory as a run's is: predictions.csv, metrics.json, figures/. It
names its members by their place beside it. It says whether it is better than its best
member, with the paired interval. Rules and what they rest on: docs/ensembles.md
"""

_EXAMPLES = """\
examples:
  python -m zoo.ensemble runs/resnet runs/inception runs/cnn --out runs/three
      the mean of their probabilities
  python -m zoo.ensemble runs/t1 runs/t2 runs/flair --rule weighted --out runs/all
      three data sets, made with one project key: weights from the validation split
  python -m zoo.ensemble runs/heart-a runs/heart-b --out runs/heart-both
      both made by --folds all: out-of-fold predictions are joined fold by fold; of
      --folds all --repeats R the same in each repeat, repeat-0/ an ensemble as above
  python -m zoo.evaluate runs/three
  python -m zoo.predict runs/three --dicom /data/new --out result.csv
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parsed = argparse.ArgumentParser(
        prog="python -m zoo.ensemble",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parsed.add_argument(
        "member",
        nargs="+",
        metavar="RUN",
        help="directories of finished runs, of all folds of cross-validations, or of "
        "all repeats of these",
    )
    parsed.add_argument(
        "--rule",
        choices=RULES,
        default="mean",
        help="by which the members' answers become one (default mean)",
    )
    parsed.add_argument(
        "--out", required=True, metavar="DIR", help="the directory to make"
    )
    return parsed


def main(argv: Sequence[str]) -> int:
    """Prints the tables, what was gained, and the path that was written."""
    options = parser().parse_args(argv)
    from zoo.ensembling import repeated

    if repeated.are_repeated(options.member):
        return _of_repeats(options)
    from zoo.ensembling import make

    ensemble, results = make.make(options.member, rule=options.rule, out=options.out)
    from zoo.ensembling import evidence
    from zoo.evaluation import evidence_text

    print(evidence_text.text(results))
    print(evidence.text(results["ensemble"]))
    print(ensemble.path)
    places = ("--dicom", "DIR", "--out", "result.csv")
    command.say_next("zoo.predict", ensemble.path, *places)
    return 0


def _of_repeats(options: argparse.Namespace) -> int:
    """The ensemble of repeated cross-validations, a directory of ensembles."""
    from zoo.ensembling import repeated

    made, results = repeated.make(options.member, rule=options.rule, out=options.out)
    print(repeated.text(results))
    print(made.path)
    command.say_next("zoo.evaluate", made.paths[0])
    return 0


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
