"""A small data set of folds, and tasks on it."""

from tests.zoo.training import trained
from tuning.trials.fold_task import FoldTask
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Evaluation, Recipe

COUNTS = {("fold", str(number)): 6 for number in range(3)}
NETWORKS = "tests.tuning.trials.faulty_networks"


def data_set(folder):
    return trained.data_set(folder, counts=COUNTS, kind="validation_folds", folds=3)


def recipe(arch="cnn3d", **optimisation):
    settings = {"epochs": 2, "batch_size": 4} | optimisation
    return Recipe(
        arch=arch,
        optimisation=Optimisation(**settings),
        evaluation=Evaluation(bootstrap=200),
    )


def task(directory, data, arch="cnn3d", *, fold="1", **options):
    """Of a network of `faulty_networks`, where the zoo has none of that name."""
    name = arch if arch == "cnn3d" else f"{NETWORKS}:{arch}"
    return FoldTask(
        directory=directory,
        data=data.path,
        fold=fold,
        **{"recipe": recipe(name), "objective": "val_auc"} | options,
    )
