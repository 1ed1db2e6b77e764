import pytest

from pipelines.errors import UsageError
from zoo.recipes.recipe import Evaluation, Recipe
from zoo.training import recipe_checks


def test_too_few_resamples_are_refused_before_any_training():
    recipe = Recipe(evaluation=Evaluation(bootstrap=199))
    with pytest.raises(UsageError, match="must be 200 or more.*Received: 199"):
        recipe_checks.check(recipe, None, fold=None)
