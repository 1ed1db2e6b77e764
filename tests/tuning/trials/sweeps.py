"""Small sweeps and trials that tests begin with."""

from tuning.trials import sweep as sweeps
from tuning.trials.fold_result import FoldResult
from tuning.trials.sweep import Settings
from tuning.trials.trial import Trial
from zoo.recipes.recipe import Recipe

SPACE = '"optimisation.learning_rate" = { log = [1e-5, 1e-2] }\n'


def settings(**changed):
    """Of a sweep over two folds."""
    given = {"tuner": "random", "objective": "val_auc", "direction": "max"}
    return Settings(**given | {"folds": ("0", "1")} | changed)


def begun(path, **changed):
    """A sweep without trials."""
    return sweeps.begin(
        path, settings=settings(**changed), recipe=Recipe(arch="cnn3d"), space=SPACE
    )


def finished(fold, objective, **changed):
    """A fold with a figure."""
    return FoldResult(fold=fold, outcome="finished", objective=objective, **changed)


def completed(trial_id, objective, **changed):
    """A trial whose two folds lie around its objective."""
    folds = (finished("0", objective - 0.1), finished("1", objective + 0.1))
    values = {"optimisation.learning_rate": 0.01}
    given = {"values": values, "state": "completed", "folds": folds}
    return Trial(trial_id=trial_id, objective=objective, **given | changed)
