"""All folds of a data set: each trained in a process of its own, then judged as one.

OUT/recipe.toml, cross_validation.json    what every fold is trained with
OUT/fold-0/, fold-1/, ...                 run directories
OUT/summary/                              the folds pooled: metrics.json, figures
OUT/holdout/                              the hold-out set, once it is asked for
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import DataError, UsageError
from pipelines.splits.roles import fold_names
from pipelines.storage import atomic_files, config_files
from zoo.recipes.recipe import Recipe
from zoo.runs.run import Run, check_new

if TYPE_CHECKING:  # it loads TensorFlow, and the command line is read before
    from pipelines.records.data_set import DataSet

_RECIPE = "recipe.toml"
_FACTS = "cross_validation.json"
_USAGE = 2  # exit code of a command used wrongly
_INTERRUPTED = 130


@dataclass(frozen=True, kw_only=True)
class CrossValidation:
    """A cross-validation on disk.

    Args:
        path: its directory.
        recipe: of every fold.
        data_digest: of the data set it was begun with.
        folds: their names, in order.
        holdout: whether patients were set aside before folding.
    """

    path: Path
    recipe: Recipe
    data_digest: str
    folds: tuple[str, ...]
    holdout: bool

    @property
    def runs(self) -> tuple[Path, ...]:
        """The run directory of each fold, made or not."""
        return tuple(self.path / f"fold-{fold}" for fold in self.folds)

    @property
    def summary_path(self) -> Path:
        """The evidence of all folds together."""
        return self.path / "summary"

    @property
    def holdout_path(self) -> Path:
        """The evidence on the patients set aside."""
        return self.path / "holdout"


def begin(
    path: str | os.PathLike, *, recipe: Recipe, data: "DataSet"
) -> CrossValidation:
    """Makes the directory; it appears whole.

    Raises:
        UsageError: `path` exists, or the data set has no folds.
        DataError: the directory can't be written.
    """
    check_new(path)
    path = Path(path)
    split = data.task.split
    folds = fold_names(data.groups, split)
    if not folds:
        raise UsageError(
            f"{data.path} is split by {split.kind} and has no folds. Leave --folds "
            "out, or ingest with [split] kind = 'folds' or 'site'"
        )
    facts = {
        "digest": data.digest,
        "folds": list(folds),
        "holdout": split.kind == "folds" and split.holdout > 0,
    }
    aside = path.with_name(f".{path.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        aside.mkdir(parents=True)
        atomic_files.write_text(aside / _RECIPE, config_files.to_toml(recipe))
        atomic_files.write_text(aside / _FACTS, json.dumps(facts, indent=2) + "\n")
        os.replace(aside, path)
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise DataError(
            f"{path} can't be written: {error.strerror}. Choose another --out"
        ) from error
    return opened(path)


def opened(path: str | os.PathLike) -> CrossValidation:
    """Reads what a cross-validation was begun with.

    Raises:
        DataError: `path` is none, or a file of it is damaged.
    """
    path = Path(path)
    try:
        facts = json.loads((path / _FACTS).read_text(encoding="utf-8"))
        return CrossValidation(
            path=path,
            recipe=config_files.load_toml(Recipe, path / _RECIPE),
            data_digest=facts["digest"],
            folds=tuple(facts["folds"]),
            holdout=facts["holdout"],
        )
    except (OSError, ValueError, KeyError) as error:
        raise DataError(
            f"{path} is no cross-validation that `python -m zoo.train --folds all` "
            f"made: {_FACTS} is missing or damaged. Name its directory by --out"
        ) from error


def train(
    validation: CrossValidation,
    data: str,
    *,
    weights_from: str | None = None,
    judge_test: bool = False,
    deterministic: bool = False,
    devices: int = 1,
) -> tuple[str, ...]:
    """Trains the folds that are not done yet, one after the other.

    Each has a process of its own, which gives back all its memory when it ends. A fold
    that fails does not keep the others from being trained.

    Args:
        data: where the data set is.
        weights_from: as the option; see `zoo.training.train_run.train`.
        judge_test: also let every fold's network answer for the hold-out set.
        deterministic: of the folds that begin.
        devices: that share every batch.

    Returns:
        Names of the folds that failed; their error has been printed.

    Raises:
        UsageError: the options do not fit the data set or the network.
        KeyboardInterrupt: the fold in training was interrupted.
    """
    if judge_test and not validation.holdout:
        raise UsageError(
            "--judge-test is for data sets with a hold-out set. Received: one whose "
            "folds are themselves the test sets. Leave it out"
        )
    failed = []
    for fold, run in zip(validation.folds, validation.runs, strict=True):
        begin = fold_command(validation, fold, data, weights_from)
        if deterministic:
            begin.append("--deterministic")
        for command in _missing(run, begin, data, judge_test):
            command += ["--devices", str(devices)]
            print(f"fold {fold} of {', '.join(validation.folds)}", file=sys.stderr)
            code = subprocess.run(command, stdout=subprocess.DEVNULL).returncode
            if code == _USAGE:
                raise UsageError(f"fold {fold} can't be trained; see the message above")
            if code == _INTERRUPTED:
                raise KeyboardInterrupt
            if code:
                print(f"fold {fold} failed (exit code {code})", file=sys.stderr)
                failed.append(fold)
                break
    return tuple(failed)


def _missing(
    run: Path, begin: list[str], data: str, judge_test: bool
) -> Iterator[list[str]]:
    """The commands that a fold still needs; the next is asked for when one is done."""
    go_on = _command(data, run, "--resume")
    if not (run / "metrics.json").is_file():
        yield go_on if run.exists() else begin
    if judge_test and Run.resume(run).leaves_test:
        yield [*go_on, "--judge-test"]


def fold_command(
    validation: CrossValidation, fold: str, data: str, weights_from: str | None
) -> list[str]:
    """The command line that trains one fold from the beginning."""
    command = _command(data, validation.path / f"fold-{fold}", "--fold", fold)
    command += ["--recipe", str(validation.path / _RECIPE)]
    if validation.holdout:
        command.append("--leave-test")
    if weights_from is not None:
        named = validation.recipe.weights == "imagenet"
        command += ["--weights-from" if named else "--weights", weights_from]
    return command


def _command(data: str, run: Path, *options: str) -> list[str]:
    command = [sys.executable, "-m", "zoo.train", "--data", data, "--out", str(run)]
    return [*command, *options]


def check_same_data(validation: CrossValidation, data: "DataSet") -> None:
    """Raises a DataError if it was begun with another data set."""
    if data.digest != validation.data_digest:
        raise DataError(
            f"{validation.path} was begun with another data set (digest "
            f"{validation.data_digest}). Received: one of digest {data.digest}. Name "
            "that one by --data, or begin anew"
        )
