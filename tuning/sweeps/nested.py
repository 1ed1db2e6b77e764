"""Nested cross-validation: the whole search judged on patients that it never saw.

Where its parts are, says `tuning.trials.outer_folds`.
"""

import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pipelines
from pipelines.errors import DataError
from pipelines.ingestion import redealt
from pipelines.records.data_set import DataSet
from pipelines.storage import atomic_files
from tuning.sweeps import spent
from tuning.sweeps.begin import Search
from tuning.trials import outer_folds, results
from tuning.trials.budget import BudgetSpentError
from tuning.trials.sweep import Sweep
from zoo.training import fold_process


def run(
    sweep: Sweep, search: Search, search_one: Callable[[Path, Search], Sweep]
) -> dict:
    """Searches once for each outer fold, and judges each winner on its fold.

    Args:
        search_one: begins or goes on with the sweep at a path, and runs it.

    Returns:
        What was written to the summary's metrics.json: the test predictions of all
        outer folds pooled, with intervals.

    Raises:
        DataError: a search completed no trial, or a winner could not be trained.
        BudgetSpentError: the budget ended within the first trial of a search.
    """
    data = _outer_data(sweep, search)
    runs = []
    for number in range(search.options.outer_folds):
        fold = str(number)
        path = outer_folds.sweep_path(sweep, fold)
        inner = replace(search, data=data, left_out=fold)
        print(f"Outer fold {fold} of {search.options.outer_folds}", file=sys.stderr)
        inner_sweep = search_one(path, inner)
        time_ended = spent.sentence(inner_sweep, search.options)
        if time_ended:
            raise BudgetSpentError(f"in outer fold {fold} {time_ended}")
        runs.append(_judged(inner_sweep, data, fold))
    from zoo.evaluation import pooled_folds
    from zoo.evaluation.results.settings import of_recipe

    return pooled_folds.write_nested(
        runs,
        settings=of_recipe(search.recipe),
        out=outer_folds.summary_path(sweep),
    )


def _outer_data(sweep: Sweep, search: Search) -> DataSet:
    path = outer_folds.data_path(sweep)
    if path.is_dir():
        return pipelines.open_dataset(str(path))
    return redealt.redeal(
        search.data,
        path,
        folds=search.options.outer_folds,
        seed=search.recipe.seed,
        kind="folds",
    )


def _judged(sweep: Sweep, data: DataSet, fold: str) -> Path:
    """The run of a sweep's winner, which tests the outer fold."""
    best = results.best(sweep, results.trials(sweep))
    if best is None:
        raise DataError(
            f"no trial of {sweep.path} was completed, so there is no recipe to judge. "
            "Mend what the reasons of its trials say, or give it more trials"
        )
    run = outer_folds.run_path(sweep)
    if not outer_folds.is_chosen(sweep, best):
        if run.exists():
            print(f"Another recipe won: {run} is trained anew", file=sys.stderr)
            shutil.rmtree(run)
        atomic_files.write_text(
            outer_folds.judged_path(sweep), outer_folds.recipe_text(sweep, best)
        )
    if not outer_folds.is_judged(sweep, best):
        _train(sweep, run, data, fold)
    return run


def _train(sweep: Sweep, run: Path, data: DataSet, fold: str) -> None:
    command = [sys.executable, "-m", "zoo.train", "--data", data.path]
    command += ["--out", str(run)]
    if run.exists():
        command.append("--resume")
    else:
        command += ["--recipe", str(outer_folds.judged_path(sweep)), "--fold", fold]
        command += ["--deterministic"] * sweep.settings.deterministic
    code = fold_process.run(command)
    if not fold_process.succeeded(code, f"outer fold {fold}"):
        raise DataError(
            f"outer fold {fold} failed (exit code {code}). Mend what the message above "
            "says, then give the same command again"
        )
