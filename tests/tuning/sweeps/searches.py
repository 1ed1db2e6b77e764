"""Searches whose folds are not trained: a figure follows from the recipe at once."""

import dataclasses
import math
import threading
import zlib

import numpy as np

from tests.zoo.training import trained
from tuning.space import space as spaces
from tuning.space.space import Space
from tuning.sweeps import begin, run
from tuning.sweeps.begin import Search
from tuning.sweeps.command_line import Options
from tuning.trials import fold_files, fold_result, results
from tuning.trials.budget import Budget
from tuning.trials.fold_result import FoldResult
from tuning.trials.stop import StoppedError
from tuning.trials.work import silent
from zoo.evaluation.comparison import objectives
from zoo.evaluation.predictions.predictions import Predictions
from zoo.recipes.recipe import Recipe
from zoo.targets.kinds import TARGET_KINDS

PATIENTS = 24  # of a fold
SPACE = """
"optimisation.learning_rate" = { log = [1e-4, 1e-2] }
"head.pooling" = { choice = ["average", "max"] }
"head.dropout" = { range = [0.0, 0.5], when = { "head.pooling" = ["max"] } }
"""
GRID = """
"optimisation.batch_size" = { choice = [2, 4] }
"head.pooling" = { choice = ["average", "max"] }
"""


def space(folder, text=SPACE) -> Space:
    path = folder / "space.toml"
    path.write_text(text, encoding="utf-8")
    return spaces.load(str(path))


def search(folder, data, text=SPACE, **options) -> Search:
    """Over three folds of a data set of folds."""
    recipe = Recipe(arch="cnn3d", optimisation=trained.RECIPE.optimisation)
    given = {"data": str(data.path), "space": "s", "tuner": "random", "exact": True}
    given = Options(**given | {"max_trials": 5, "recipe": recipe} | options)
    return Search(
        options=given, data=data, space=space(folder, text), recipe=given.recipe
    )


def predictions(recipe: Recipe, fold: str) -> Predictions:
    """Of a fold's patients; better the nearer the learning rate is to 1e-3."""
    off = abs(math.log10(recipe.optimisation.learning_rate) + 3)
    off += 0.3 * (recipe.head.pooling == "average") + recipe.head.dropout
    words = f"{recipe.optimisation} {recipe.head} {fold}"
    words += f" {recipe.seed}" * bool(recipe.seed)
    generator = np.random.default_rng(zlib.crc32(words.encode()))
    label = np.arange(PATIENTS) % 2
    logit = (label - 0.5) * 2 / (0.3 + off) + generator.normal(size=PATIENTS)
    share = 1 / (1 + np.exp(-logit))
    ids = tuple(f"s{fold}{number:015x}" for number in range(PATIENTS))
    return Predictions(
        sample_id=ids,
        patient_id=ids,
        split=("validation",) * PATIENTS,
        fold=(fold,) * PATIENTS,
        kind=TARGET_KINDS["classification"],
        names=("no", "yes"),
        truth=label[:, None].astype(float),
        outputs={
            "prob": np.stack([1 - share, share], 1),
            "logit": np.stack([-logit / 2, logit / 2], 1),
        },
    )


class Worker:
    """Writes what a fold would come to.

    Args:
        fails: outcome of the folds, by number of the trial, that fail.
        noted: grows by each fold that is done, as `(trial, fold)`.
    """

    def __init__(self, environment=None, *, fails=None, noted=None, seconds=1.0):
        self.environment = environment
        self.fails = fails or {}
        self.noted = [] if noted is None else noted
        self.seconds = seconds
        self.stopped = threading.Event()

    def __enter__(self):
        return self

    def __exit__(self, *of):
        pass

    def stop(self):
        self.stopped.set()

    def take(self, seconds):
        """Has a fold last so long."""
        if self.stopped.wait(seconds):
            raise StoppedError

    def run(self, task):
        done = fold_result.read(task.directory)
        if done is not None:
            return done
        self.take(0)
        trial_id = task.directory.parent.name
        self.noted.append((trial_id, task.fold_name))
        outcome = self.fails.get(trial_id, "finished")
        if outcome != "finished":
            return self._written(task, outcome=outcome, reason="as told")
        answers = predictions(task.recipe, task.fold or "")
        figure = objectives.named(task.objective).of(answers)
        return self._written(task, answers, outcome=outcome, objective=figure)

    def _written(self, task, answers=None, **result):
        made = FoldResult(
            fold=task.fold_name, seconds=self.seconds, parameters=100, **result
        )
        given = {} if answers is None else {"": answers}
        return fold_files.write(
            task.directory, lambda _: made, recipe=task.recipe, predictions=given
        )


def go_on(path, asked, worker=None, clock=None, seconds=None, watch=silent):
    """Begins the sweep or goes on with it, to its end."""
    sweep = begin.opened_or_begun(path, asked)
    budget = Budget(sweep.path, seconds, **({"clock": clock} if clock else {}))
    made = worker or Worker()

    def make(environment):
        if made.environment is None and asked.options.parallel == 1:
            return made
        return Worker(environment, fails=made.fails, noted=made.noted)

    run.run(sweep, asked, budget=budget, watch=watch, make_worker=make)
    return sweep


def outcome(sweep):
    """All trials, but for the time they took, and best.toml."""
    trials = [dataclasses.replace(t, seconds=0.0) for t in results.trials(sweep)]
    best = sweep.best_path
    return trials, best.read_text(encoding="utf-8") if best.exists() else None
