"""Small data sets, and runs of a small network on them."""

import dataclasses

from tests.pipelines.records import small
from zoo.recipes.optimisation import Optimisation, RangeTest
from zoo.recipes.recipe import Evaluation, Recipe
from zoo.training import new_run

RECIPE = Recipe(
    arch="cnn3d",
    sequences=("T2", "T1"),
    optimisation=Optimisation(
        epochs=2, batch_size=4, class_weights="balanced", ema_decay=0.5
    ),
    evaluation=Evaluation(bootstrap=200),
)
SPLITS = {("train", ""): 9, ("validation", ""): 4, ("test", ""): 4}
AUTO = dataclasses.replace(
    RECIPE,
    optimisation=dataclasses.replace(
        RECIPE.optimisation,
        learning_rate="auto",
        range_test=RangeTest(epochs=20, lowest=1e-5),
    ),
)


def data_set(folder, *, counts=None, **split):
    folder.mkdir()
    task = small.task(shape=(16, 16, 16), **split)
    return small.data_set(folder, task, counts or SPLITS)


def begin(path, data, *, recipe=RECIPE, fold=None, **more):
    return new_run.begin(path, recipe=recipe, data=data, fold=fold, options={}, **more)
