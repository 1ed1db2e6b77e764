"""Runs the trials of a sweep, by one worker or by several at once."""

import functools
import os
from collections.abc import Callable
from typing import Any

import keras_tuner

from tuning.oracles import choice, durable
from tuning.oracles.durable import DurableOracle
from tuning.space import hyperparameters
from tuning.sweeps import devices, search_all
from tuning.sweeps.begin import Search
from tuning.sweeps.command_line import seconds
from tuning.trials import abandonment, best_recipe
from tuning.trials.budget import Budget
from tuning.trials.fold_worker import FoldWorker
from tuning.trials.limits import Limits
from tuning.trials.sweep import Sweep
from tuning.trials.trial import Trial
from tuning.trials.tuner import SweepTuner
from tuning.trials.work import Work, Worker
from zoo.evaluation.comparison import objectives


def run(
    sweep: Sweep,
    search: Search,
    *,
    budget: Budget,
    watch: Callable[[Trial], None],
    make_worker: Callable[[dict[str, str]], Worker] = FoldWorker,
    share: Callable[[Worker], Any] | None = None,
) -> None:
    """Runs trials until there are as many as asked for, or the time is spent.

    Args:
        watch: is told of each trial that begins, gets on or ends.
        make_worker: of what each worker adds to the environment.
        share: where other processes advance the same oracle: what the tuner of a
            worker asks in its place.

    Raises:
        DataError: a directory can't be written.
    """
    work = _work(sweep, search, budget, watch)
    make_oracle = opened_oracle if share is None else _oracle
    oracle = make_oracle(sweep, search, budget)
    best_recipe.refresh(sweep)
    tuners = [
        (
            SweepTuner(
                oracle,
                work=work,
                space=search.space,
                worker=worker,
                tuner_id=f"tuner{number}",
            ),
            worker,
        )
        for number, worker in enumerate(map(make_worker, _environments(search)))
    ]
    if share is not None:
        for tuner, worker in tuners:
            tuner.oracle = share(worker)
    search_all.search_all(tuners)


def _work(
    sweep: Sweep, search: Search, budget: Budget, watch: Callable[[Trial], None]
) -> Work:
    objective = objectives.named(sweep.settings.objective)
    judge = None
    if search.rule is not None:
        judge = functools.partial(
            abandonment.has_a_chance,
            objective=objective,
            rule=search.rule,
            aggregate=sweep.settings.aggregate,
            folds_each=sweep.settings.folds_each,
        )
    return Work(
        sweep=sweep,
        recipe=search.recipe,
        data=str(sweep.data_path) if sweep.data_path.is_dir() else search.data.path,
        objective=objective,
        budget=budget,
        limits=Limits(
            parameters=search.options.max_parameters,
            trial_seconds=seconds(search.options.max_trial_time, "--max-trial-time"),
        ),
        has_a_chance=judge,
        weights_from=search.options.weights_from,
        watch=watch,
    )


def opened_oracle(sweep: Sweep, search: Search, budget: Budget) -> DurableOracle:
    """What suggests the values, as its files have it."""
    made = _oracle(sweep, search, budget)
    return durable.opened(made, sweep.path, choice.PROJECT)


def _oracle(sweep: Sweep, search: Search, budget: Budget) -> DurableOracle:
    settings = sweep.settings
    return choice.oracle(
        settings.tuner,
        hyperparameters.declared(search.space),
        keras_tuner.Objective(settings.objective, settings.direction),
        directory=sweep.path,
        seed=settings.seed,
        epochs=search.recipe.optimisation.epochs,
        most_trials=search.options.max_trials,
        stops=lambda: budget.left == 0,
    )


def _environments(search: Search) -> list[dict[str, str]]:
    workers = search.options.parallel
    if workers == 1:
        return [{}]
    import tensorflow as tf

    gpus = devices.gpus(len(tf.config.list_physical_devices("GPU")))
    cores = len(os.sched_getaffinity(0))
    return devices.environments(workers, gpus=gpus, cores=cores)
