"""The values of a trial in the recipe."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.errors import UsageError
from pipelines.records.data_set import DataSet
from tuning.space.space import Space
from zoo.recipes.edit import edit, edit_all
from zoo.recipes.recipe import Recipe


def edited(base: Recipe, values: Mapping[str, Any]) -> Recipe:
    """The recipe with a trial's values.

    Raises:
        UsageError: as `zoo.recipes.edit`.
    """
    return edit_all(base, values)


def check(space: Space, base: Recipe, data: DataSet, folds: Sequence[str]) -> None:
    """Refuses a space with a value that the recipe can't have.

    Raises:
        UsageError: an unknown field, or a value outside of its domain.
    """
    for parameter in space.parameters:
        for value in parameter.values:
            try:
                edit(base, parameter.name, value)
            except UsageError as error:
                raise UsageError(f"space: {error}") from error
