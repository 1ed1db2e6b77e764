"""Command: the last stage of a run: scaling, operating point, reject rule, sets."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipelines import command
from pipelines.errors import UsageError
from zoo.ensembling import ensemble as ensembles
from zoo.prediction import finished_runs
from zoo.runs import lock
from zoo.runs.run import Run

if TYPE_CHECKING:
    from zoo.evaluation.last_stage.request import StageRequest

_SCALINGS = ("temperature", "vector", "isotonic", "none")
_DESCRIPTION = """\
Fits what stands between a run's network and its answer, on the validation split alone,
and writes it as last_stage.json of the run. From then on `zoo.predict` answers, and
`zoo.evaluate` judges, with it: probabilities are calibrated, the label follows the
operating point, and with --sets beside it stands the set of classes that can't be left
out. Each call replaces the file; without the file all is as before.

Of a directory of --folds all every fold gets a stage of its own, fitted on its own
validation part.
"""

_EXAMPLES = """\
examples:
  python -m zoo.calibrate runs/liver
      temperature scaling; the label stays the most probable class
  python -m zoo.calibrate runs/liver --operating-point youden
  python -m zoo.calibrate runs/liver --operating-point sensitivity=0.9
      the highest threshold with that sensitivity in the validation split
  python -m zoo.calibrate runs/liver --operating-point cost=1:5
      missing a case costs five times a false alarm: threshold 1 / 6
  python -m zoo.calibrate runs/prostate --class ADC --operating-point specificity=0.95
      of more than two classes the one that the threshold is for; of grades it and
      those above it
  python -m zoo.calibrate runs/liver --scaling isotonic
      wants some hundred validation patients
  python -m zoo.calibrate runs/prostate --reject largest coverage=0.95
      the 5 % of validation samples with the lowest probability would be unknown, and
      so are new ones below that
  python -m zoo.calibrate runs/prostate --reject mahalanobis coverage=0.95
      by the distance to the training samples in features.npz
  python -m zoo.calibrate runs/prostate --sets 0.9
      of every class nine in ten samples have it in their set of classes; wants nine
      validation samples of each
  python -m zoo.evaluate runs/liver --prevalence 0.1
      what the stage is worth on the test split
"""


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parsed = argparse.ArgumentParser(
        prog="python -m zoo.calibrate",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parsed.add_argument(
        "run",
        metavar="RUN",
        help="directory of a finished run, or of all folds of a cross-validation",
    )
    parsed.add_argument(
        "--scaling",
        choices=_SCALINGS,
        default=_SCALINGS[0],
        help=f"of the probabilities (default {_SCALINGS[0]})",
    )
    parsed.add_argument(
        "--operating-point",
        metavar="RULE",
        help="youden, sensitivity=S, specificity=S, cost=FP:FN or threshold=T; "
        "default: none, the label is the most probable class",
    )
    parsed.add_argument(
        "--class",
        dest="class_name",
        metavar="NAME",
        help="that the operating point is for; default: the second of two",
    )
    parsed.add_argument(
        "--reject",
        nargs="+",
        metavar="RULE",
        help="largest, energy or mahalanobis, and coverage=SHARE of the validation "
        "samples that stay known; or a threshold, largest=T; default: none, every "
        "sample is known",
    )
    parsed.add_argument(
        "--sets",
        type=float,
        metavar="COVERAGE",
        help="answer a set of classes beside the class, which holds the right one of "
        "this share of each class's samples, e.g. 0.9; default: none",
    )
    return parsed


def main(argv: Sequence[str]) -> int:
    """Prints each stage, and the paths that were written."""
    options = parser().parse_args(argv)
    _check(options)
    if ensembles.is_there(options.run):
        raise UsageError(
            f"{options.run} is an ensemble, which has no last stage: its rule puts its "
            "members' networks together. Calibrate a run, or all folds of one"
        )
    runs = finished_runs.by_fold(options.run)
    request = _request(options, next(iter(runs.values())))
    _fit(runs, request)
    command.say_next("zoo.evaluate", options.run)
    return 0


def _check(options: argparse.Namespace) -> None:
    """What can be said before a run is opened."""
    if options.sets is not None and not 0 < options.sets < 1:
        raise UsageError(
            "--sets is the share of each class's samples whose set holds it, between 0 "
            f"and 1, e.g. 0.9. Received: {options.sets:g}"
        )


def _request(options: argparse.Namespace, run: Run) -> StageRequest:
    """What is asked for, checked against the run's classes."""
    from zoo.evaluation.decisions import operating_point
    from zoo.evaluation.last_stage import request
    from zoo.evaluation.rejection import rule_fit

    rule, event = None, ()
    reject = None if options.reject is None else rule_fit.parse(options.reject)
    request.check_target(run)
    request.check_reject(run, reject)
    if options.operating_point is not None:
        rule = operating_point.parse(options.operating_point)
        (main, *_) = run.target_outputs
        event = operating_point.event_of(
            run.classes, options.class_name, ordered=main.kind.ordered
        )
    elif options.class_name is not None:
        raise UsageError(
            "--class goes with --operating-point. Received: --class "
            f"{options.class_name}"
        )
    return request.StageRequest(
        scaling=options.scaling,
        rule=rule,
        event=event,
        reject=reject,
        sets=options.sets,
    )


def _fit(runs: Mapping[str, Run], request: StageRequest) -> None:
    """Fits all before it writes the first."""
    from zoo.evaluation.last_stage import fit, stage_file
    from zoo.evaluation.tables import last_stage

    stages = {fold: fit.fit(run, request) for fold, run in runs.items()}
    for fold, stage in stages.items():
        run = runs[fold]
        with lock.held(run.path):
            stage_file.write(run.last_stage_path, stage)
        print(last_stage.described(stage, f"fold {fold}" if fold else ""))
        print(run.last_stage_path)


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
