"""Runs the trials of a sweep, by one worker or by several at once."""

import functools
import os
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Any

import keras_tuner
from keras_tuner import errors

from tuning.oracles import choice, durable
from tuning.oracles.durable import DurableOracle
from tuning.space import hyperparameters
from tuning.sweeps import devices
from tuning.sweeps.begin import Search
from tuning.sweeps.command_line import seconds
from tuning.trials import abandonment, best_recipe
from tuning.trials.budget import Budget, BudgetSpentError
from tuning.trials.fold_worker import FoldWorker
from tuning.trials.limits import Limits
from tuning.trials.sweep import Sweep
from tuning.trials.trial import Trial
from tuning.trials.tuner import SweepTuner
from tuning.trials.work import TrialTakenError, Work
from zoo.evaluation.comparison import objectives


def run(
    sweep: Sweep,
    search: Search,
    *,
    budget: Budget,
    watch: Callable[[Trial], None],
    make_worker: Callable[[dict[str, str]], FoldWorker] = FoldWorker,
    share: Callable[[Callable[[], DurableOracle], FoldWorker], Any] | None = None,
) -> None:
    """Runs trials until there are as many as asked for, or the time is spent.

    Args:
        watch: is told of each trial that begins, gets on or ends.
        make_worker: of what each worker adds to the environment.
        share: where other processes advance the same oracle: what a worker's tuner
            asks in its place, made of what opens the oracle.

    Raises:
        DataError: a directory can't be written.
    """
    work = _work(sweep, search, budget, watch)

    def opened() -> DurableOracle:
        return opened_oracle(sweep, search, budget)

    oracle = opened() if share is None else _oracle(sweep, search, budget)
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
            tuner.oracle = share(opened, worker)
    _search_all(tuners)


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


def _search_all(tuners: Sequence[tuple[SweepTuner, FoldWorker]]) -> None:
    """Has every tuner search, each in a thread if there are several.

    A worker's process ends with the thread that started it. Where one tuner breaks
    down, the others end with this process.
    """
    if len(tuners) == 1:
        error = _search(*tuners[0])
        if error is not None:
            raise error
        return
    ends: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
    for tuner, worker in tuners:
        threading.Thread(
            target=lambda *of: ends.put(_search(*of)),
            args=(tuner, worker),
            name=tuner.tuner_id,
            daemon=True,
        ).start()
    for _ in tuners:
        error = ends.get()
        if error is not None:
            raise error


def _search(tuner: SweepTuner, worker: FoldWorker) -> BaseException | None:
    """What ended a search before its end; none, also where the time is spent."""
    while True:
        try:
            with worker:
                tuner.search()
        except errors.FatalError as fatal:
            error = fatal.__cause__ or fatal
        except Exception as other:
            error = other
        else:
            return None
        if isinstance(error, BudgetSpentError):
            return None
        if not isinstance(error, TrialTakenError):
            return error
