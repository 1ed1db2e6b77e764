import math

import pytest

from pipelines.augment.augmentation import Augmentation
from pipelines.augment.spatial.settings import Spatial
from pipelines.batches.slices import Slices
from pipelines.errors import UsageError
from zoo.recipes.edit import edit, edit_all
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Head, Recipe


@pytest.mark.parametrize(
    ("name", "value", "edited"),
    [
        ("seed", 3, Recipe(seed=3)),
        ("slices.train", 4, Recipe(slices=Slices(train=4))),
        ("slices.depth", [0.2, 0.8], Recipe(slices=Slices(depth=(0.2, 0.8)))),
        ("head.units", (64, 32), Recipe(head=Head(units=(64, 32)))),
        ("head.units", None, Recipe()),
        (
            "optimisation.learning_rate",
            "auto",
            Recipe(optimisation=Optimisation(learning_rate="auto")),
        ),
        (
            "optimisation.learning_rate",
            1,
            Recipe(optimisation=Optimisation(learning_rate=1.0)),
        ),
        (
            "augmentation.spatial.flip",
            ["width"],
            Recipe(augmentation=Augmentation(spatial=Spatial(flip=("width",)))),
        ),
    ],
)
def test_a_field_has_another_value(name, value, edited):
    assert edit(Recipe(), name, value) == edited


def test_everything_else_stays():
    recipe = Recipe(arch="cnn3d", head=Head(units=(5,)), seed=9)
    edited = edit(recipe, "head.dropout", 0.5)
    assert edited == Recipe(arch="cnn3d", head=Head(units=(5,), dropout=0.5), seed=9)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("optimization.epochs", 3, "did you mean 'optimisation'.*keys here are arch, "),
        ("optimisation.lr", 3, "unknown key 'lr'; the keys here are optimizer, learn"),
        ("seed.first", 3, "seed is a value of its own and has no fields"),
        ("seed", 1.5, "recipe.seed: expected int. Received: 1.5"),
        ("seed", None, "recipe.seed: expected int. Received: None"),
        ("head.units", 64, r"recipe.head.units: expected a list in \[ \]"),
        ("slices.depth", [0.5], r"expected 2 values. Received: \[0.5\]"),
        ("optimisation.optimizer", "lion", "expected one of 'adam', 'adamw', 'sgd'"),
        ("optimisation.learning_rate", "best", "expected 'auto', or float"),
        ("optimisation.learning_rate", math.nan, "learning_rate must be from.*: nan"),
        ("mixmatch.weight", 10**400, "mixmatch.weight: expected a smaller number"),
        ("optimisation.optimizer", "adamw", "adamw wants a weight_decay"),
        ("transfer.batch_normalisation", "frozen", "no statistics that could stay"),
    ],
)
def test_what_cannot_be_is_an_error(name, value, message):
    with pytest.raises(UsageError, match=message):
        edit(Recipe(), name, value)


def test_fields_that_go_together_are_checked_together():
    values = {"optimisation.optimizer": "adamw", "optimisation.weight_decay": 0.01}
    edited = edit_all(Recipe(), values)
    assert edited.optimisation == Optimisation(optimizer="adamw", weight_decay=0.01)
