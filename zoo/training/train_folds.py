"""Trains all folds of a data set, each in a process of its own."""

import sys
from collections.abc import Iterator
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.records.data_set import DataSet
from zoo.runs import lock
from zoo.runs.cross_validation import RECIPE, CrossValidation
from zoo.runs.run import Run
from zoo.training import fold_process
from zoo.weights import origin_patients, origin_run


def train(
    validation: CrossValidation,
    data: str,
    *,
    weights_from: str | None = None,
    judge_test: bool = False,
    deterministic: bool = False,
    devices: int = 1,
    allow_seen_patients: bool = False,
) -> tuple[str, ...]:
    """Trains the folds that are not done yet, one after the other.

    Each has a process of its own, which gives back all its memory when it ends, and
    which ends with this one. A fold that fails does not keep the others from being
    trained. One process at a time trains the folds of a directory.

    Args:
        data: where the data set is.
        weights_from: as the option; see `zoo.training.train_run.train`.
        judge_test: also let every fold's network answer for the hold-out set.
        deterministic: of the folds that begin.
        devices: that share every batch.
        allow_seen_patients: of the folds that begin; see
            `zoo.training.new_run.begin`.

    Returns:
        Names of the folds that failed; their error has been printed.

    Raises:
        UsageError: the options do not fit the data set or the network, or another
            process trains the folds.
        DataError: the directory can't be written.
        KeyboardInterrupt: the fold in training was interrupted.
    """
    check_holdout(validation.holdout, judge_test)
    failed = []
    with lock.held(validation.path, runs_inside=True):
        for fold, run in zip(validation.folds, validation.runs, strict=True):
            begin = fold_command(validation, fold, data, weights_from)
            if deterministic:
                begin.append("--deterministic")
            if allow_seen_patients:
                begin.append("--allow-seen-patients")
            go_on = _command(data, run, "--resume")
            go_on += _weights(validation, weights_from)
            for command in _missing(run, begin, go_on, judge_test):
                command += ["--devices", str(devices)]
                print(f"fold {fold} of {', '.join(validation.folds)}", file=sys.stderr)
                if not _succeeds(command, fold):
                    failed.append(fold)
                    break
    return tuple(failed)


def check_holdout(holdout: bool, judge_test: bool) -> None:
    """Raises a UsageError where a hold-out set is to be judged that is not there."""
    if judge_test and not holdout:
        raise UsageError(
            "--judge-test is for data sets with a hold-out set. Received: one whose "
            "folds are themselves the test sets, or have none. Leave it out"
        )


def check_seen_patients(
    validation: CrossValidation, data: DataSet, weights_from: str | None
) -> None:
    """Asks for all folds, before the first is trained, who trained the run they are of.

    Args:
        weights_from: as of `train`; none = a fold that begins will ask for it.

    Raises:
        UsageError: patients that would judge a fold not begun yet trained the run that
            its weights come from.
        DataError: a file of that run or of the data set can't be read.
    """
    if validation.recipe.weights != "run" or weights_from is None:
        return
    origin = origin_run.opened(validation.recipe, weights_from)
    patients = origin_patients.trained(origin, data)
    for fold, run in zip(validation.folds, validation.runs, strict=True):
        if run.exists():
            continue
        try:
            origin_patients.check(origin, origin_patients.seen(patients, data, fold))
        except UsageError as error:
            raise UsageError(f"fold {fold}: {error}") from error


def _succeeds(command: list[str], fold: str) -> bool:
    """Whether the command that trains a fold does so."""
    code = fold_process.run(command)
    succeeded = fold_process.succeeded(code, f"fold {fold}")
    if not succeeded:
        print(f"fold {fold} failed (exit code {code})", file=sys.stderr)
    return succeeded


def _missing(
    run: Path, begin: list[str], go_on: list[str], judge_test: bool
) -> Iterator[list[str]]:
    """The commands that a fold still needs; the next is asked for when one is done."""
    if not (run / "metrics.json").is_file():
        yield list(go_on) if run.exists() else begin
    if judge_test and Run.resume(run).leaves_test:
        yield [*go_on, "--judge-test"]


def fold_command(
    validation: CrossValidation, fold: str, data: str, weights_from: str | None
) -> list[str]:
    """The command line that trains one fold from the beginning."""
    run = dict(zip(validation.folds, validation.runs, strict=True))[fold]
    command = _command(data, run, "--fold", fold)
    command += ["--recipe", str(validation.path / RECIPE)]
    if validation.holdout:
        command.append("--leave-test")
    return [*command, *_weights(validation, weights_from)]


def _weights(validation: CrossValidation, weights_from: str | None) -> list[str]:
    """Where the weights are, for a fold without a checkpoint, be it begun or not."""
    if weights_from is None:
        return []
    published = validation.recipe.weights == "imagenet"
    return ["--weights-from" if published else "--weights", weights_from]


def _command(data: str, run: Path, *options: str) -> list[str]:
    command = [sys.executable, "-m", "zoo.train", "--data", data, "--out", str(run)]
    return [*command, *options]
