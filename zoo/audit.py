"""Command: what could make a result look better than it is."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import pipelines
from pipelines import command
from pipelines.errors import DataError, UsageError
from pipelines.storage import output_paths
from zoo.evaluation.predictions.by_patient import Levels
from zoo.evaluation.results.settings import Settings
from zoo.runs import cross_validation, same_data
from zoo.runs.run import Run

_DESCRIPTION = """\
Looks for leaks and shortcuts: patients, copies and near-duplicates on both sides of a
split; classes that go with split, site, scanner or covariates; a logistic regression on
the scanner's header facts alone, against chance and against a run on the same patients;
a run's predictions against exchanged truths. docs/audit.md says what each shows.
"""

_EXAMPLES = """\
examples:
  python -m zoo.audit --data datasets/liver
  python -m zoo.audit --data datasets/liver --run runs/liver --out audit
      also compares the run, and writes audit/audit.json
  python -m zoo.audit --data datasets/heart --run runs/heart
      all folds of zoo.train --folds all, each patient by the fold that tested it
exit codes: 0 nothing found; 1 a check wants a look, or the data can't be read;
2 wrong usage
"""
_FEWEST = 99  # permutations; their p reaches 0.01


def parser() -> argparse.ArgumentParser:
    """The command line."""
    parsed = argparse.ArgumentParser(
        prog="python -m zoo.audit",
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
        "--run", metavar="RUN", help="a run on it, or the directory of all folds"
    )
    parsed.add_argument(
        "--permutations",
        type=int,
        default=499,
        metavar="N",
        help="of the labels; default 499",
    )
    parsed.add_argument(
        "--confidence", type=float, default=0.95, help="of the intervals; default 0.95"
    )
    parsed.add_argument("--seed", type=int, default=0, help="default 0")
    parsed.add_argument(
        "--out",
        metavar="DIR",
        help="where audit.json goes, one of before is renewed; default: nowhere",
    )
    return parsed


def main(argv: Sequence[str]) -> int:
    """Prints every check; 1 where one wants a look."""
    options = parser().parse_args(argv)
    if options.permutations < _FEWEST:
        raise UsageError(
            f"--permutations wants {_FEWEST} or more. Received: {options.permutations}"
        )
    settings = Settings(confidence=options.confidence, seed=options.seed)
    if options.out is not None:
        output_paths.check_directory(options.out, "--out")
    data = pipelines.open_dataset(options.data)
    runs, split = ((), "") if options.run is None else _runs(Path(options.run))
    for run in runs:
        same_data.check(run.path, run.data_digest, data)
    from zoo.auditing import audit, report

    findings = audit.audit(
        data,
        _judged(runs, split),
        audit.Request(permutations=options.permutations, settings=settings),
        progress=sys.stderr.isatty(),
    )
    print(report.text(findings))
    if options.out is not None:
        out = Path(options.out)
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DataError(f"{out} can't be made: {error.strerror}") from error
        print(report.write(out, findings))
    return int(any(finding.found is True for finding in findings))


def _runs(path: Path) -> tuple[tuple[Run, ...], str]:
    """The runs, and the split that they are judged by; "" = the last that there is."""
    if cross_validation.is_there(path):
        validation = cross_validation.opened(path)
        return cross_validation.finished_runs(validation), validation.judged
    run = Run.resume(path)
    run.require(run.predictions_path)
    return (run,), ""


def _judged(runs: Sequence[Run], split: str) -> Levels | None:
    """What is predicted of the main target; none without a run."""
    if not runs:
        return None
    from zoo.evaluation.subgroups import judged

    if not split:
        return list(judged.of_run(runs[0])[""].values())[-1]
    return judged.of_folds(runs, split)[""][split]


def start() -> None:
    """Runs the command and ends the process with its exit code."""
    command.leave(command.run(main))


if __name__ == "__main__":
    start()
