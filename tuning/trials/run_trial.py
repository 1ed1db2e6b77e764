"""One trial: its folds in turn, as long as it has a chance, time and no failure."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipelines.errors import DataError, UsageError
from pipelines.storage import atomic_files, config_files
from tuning.space import recipes
from tuning.trials import best_recipe, budget, figures, precision, repeats, results
from tuning.trials import trial as trials
from tuning.trials.budget import BudgetSpentError
from tuning.trials.fold_result import FoldResult
from tuning.trials.fold_task import FoldTask
from tuning.trials.trial import Trial
from tuning.trials.work import Work, Worker
from zoo.evaluation.predictions.predictions import Predictions
from zoo.recipes.recipe import Recipe

_WORDS = {
    "failed": "failed",
    "not_finite": "had a loss that is no number",
    "out_of_memory": "ran out of memory",
    "too_long": "took longer than a trial may",
    "too_large": "has too large a network",
}


def run(work: Work, worker: Worker, trial_id: str, values: Mapping[str, Any]) -> Trial:
    """Trains what is not done of a trial, and writes it down.

    Folds that are done are read. What ends a fold without a figure is the trial's end,
    and not the sweep's.

    Args:
        values: by the name of the recipe's field.

    Raises:
        BudgetSpentError: the next fold can't be expected to end in time.
        DataError: the trial's file has other values.
    """
    trial = _begun(work, trial_id, values)
    if not trial.is_running:
        return trial
    try:
        recipe = recipes.edited(work.recipe, values)
        recipe = precision.settled(work.sweep, recipe, work.data)
    except UsageError as error:
        return _ended(work, trial, state="failed", reason=str(error))
    directory = work.sweep.trial_path(trial_id)
    atomic_files.write_text(directory / trials.RECIPE, config_files.to_toml(recipe))
    for fold in work.sweep.settings.folds[len(trial.folds) :]:
        given_up = _given_up(work, trial)
        if given_up is not None:
            return given_up
        if work.limits.seconds_left(trial) == 0:
            reason = f"before fold {fold}: {_WORDS['too_long']}"
            return _ended(work, trial, state="failed", reason=reason)
        _check_time(work, trial, recipe)
        result = worker.run(_task(work, trial, fold, recipe))
        trial = _got_on(work, trial, result)
        if not result.is_finished:
            state = "too_large" if result.outcome == "too_large" else "failed"
            return _ended(work, trial, state=state, reason=_reason(result))
    objective = _figure(work)(*zip(*_done(work, trial)))
    return _ended(work, trial, state="completed", objective=objective)


def _begun(work: Work, trial_id: str, values: Mapping[str, Any]) -> Trial:
    """The trial as its file has it, or a new one."""
    sweep = work.sweep
    trial = sweep.trial(trial_id)
    if trial is None:
        sweep.trial_path(trial_id).mkdir(exist_ok=True)
        trial = Trial(trial_id=trial_id, values=dict(values), code=sweep.code_digest)
    elif _plain(trial.values) != _plain(values):
        raise DataError(
            f"trial {trial_id} of {sweep.path} was begun with the values "
            f"{_plain(trial.values)}. Received: {_plain(values)}. Copy the sweep's "
            "directory again, or begin another"
        )
    elif trial.is_running and sweep.code_digest not in trial.code.split("+"):
        trial = replace(trial, code=f"{trial.code}+{sweep.code_digest}")
    if trial.is_running:
        _write(work, trial)
    return trial


def _plain(values: Mapping[str, Any]) -> str:
    return json.dumps(dict(values), sort_keys=True)


def _given_up(work: Work, trial: Trial) -> Trial | None:
    """The trial's end where it has no chance any more against the best one."""
    sweep = work.sweep
    if work.has_a_chance is None or not trial.folds:
        return None
    best = results.best(sweep, results.trials(sweep))
    if best is None:
        return None
    mine, its = _done(work, trial), _done(work, best)
    verdict = work.has_a_chance(
        [predictions for _, predictions in mine],
        [predictions for _, predictions in its[: len(mine)]],
    )
    if verdict.goes_on:
        return None
    direction = sweep.settings.direction
    objective = figures.expected(_figure(work), direction, mine=mine, best=its)
    reason = f"against trial {best.trial_id}: {verdict.reason}"
    return _ended(work, trial, state="abandoned", reason=reason, objective=objective)


def _figure(work: Work) -> figures.Figure:
    settings = work.sweep.settings
    return figures.figure(work.objective, settings.aggregate, settings.folds_each)


def _done(work: Work, trial: Trial) -> list[tuple[FoldResult, Predictions]]:
    """Of a trial's folds, all with a figure."""
    predictions = results.predictions(work.sweep, trial)
    return list(zip(trial.folds, predictions, strict=True))


def _check_time(work: Work, trial: Trial, recipe: Recipe) -> None:
    """Raises BudgetSpentError where the next fold can't be expected to end in time."""
    if work.budget.left is None:
        return
    others = [
        (result, _recipe(work, other).optimisation.epochs)
        for other in results.trials(work.sweep)
        if other.trial_id != trial.trial_id and other.folds
        if _recipe(work, other).arch == recipe.arch
        for result in other.folds
    ]
    epochs = recipe.optimisation.epochs
    seconds = budget.expected_seconds(trial.folds, others, epochs)
    if not work.budget.allows(seconds):
        raise BudgetSpentError(
            f"the next fold of trial {trial.trial_id} takes some {seconds:.0f} s"
        )


def _recipe(work: Work, trial: Trial) -> Recipe:
    return recipes.edited(work.recipe, trial.values)


def _task(work: Work, trial: Trial, fold: str, recipe: Recipe) -> FoldTask:
    """Of a repeat by the recipe that `zoo.train --repeats` trains it with."""
    settings = work.sweep.settings
    repeat, of_data = repeats.parted(fold, settings.repeats)
    return FoldTask(
        directory=work.sweep.fold_path(trial.trial_id, fold),
        recipe=replace(recipe, seed=recipe.seed + repeat),
        data=str(work.sweep.repeat_path(repeat)) if repeat else work.data,
        fold=of_data or None,
        name=fold,
        objective=settings.objective,
        deterministic=settings.deterministic,
        weights_from=work.weights_from,
        max_seconds=work.limits.seconds_left(trial),
        max_parameters=work.limits.parameters,
    )


def _got_on(work: Work, trial: Trial, result: FoldResult) -> Trial:
    """The trial with a fold more."""
    trial = replace(
        trial,
        folds=(*trial.folds, result),
        seconds=trial.seconds + result.seconds,
        parameters=result.parameters or trial.parameters,
    )
    _write(work, trial)
    return trial


def _ended(work: Work, trial: Trial, **end: Any) -> Trial:
    trial = replace(trial, **end)
    _write(work, trial)
    if trial.state == "completed":
        best_recipe.refresh(work.sweep)
    return trial


def _write(work: Work, trial: Trial) -> None:
    trials.write(work.sweep.trial_path(trial.trial_id), trial)
    work.budget.note()
    work.watch(trial)


def _reason(result: FoldResult) -> str:
    where = f"fold {result.fold} " if result.fold else ""
    why = f": {result.reason}" if result.reason else ""
    return f"{where}{_WORDS[result.outcome]}{why}"
