"""Other values in a recipe, named as its file and the command line name them."""

from collections.abc import Mapping
from typing import Any

from pipelines.errors import DataError, UsageError
from pipelines.storage import config_files
from zoo.recipes.recipe import Recipe


def edit(recipe: Recipe, name: str, value: Any) -> Recipe:
    """The recipe with another value of a field.

    Args:
        name: with the sections that it stands in: `"optimisation.learning_rate"`,
            `"augmentation.spatial.flip"`.
        value: as a recipe file has it; a list may be a tuple, and none is the value of
            a field that a file may leave out.

    Raises:
        UsageError: no such field (the message lists those there are), a value of
            another type, or one that the recipe's checks refuse.

    >>> edit(Recipe(), "head.units", [64, 32]).head.units
    (64, 32)
    """
    return edit_all(recipe, {name: value})


def edit_all(recipe: Recipe, values: Mapping[str, Any]) -> Recipe:
    """The recipe with other values of several fields, checked once, together.

    For fields that go together alone: a schedule of steps and their length, adamw and
    its weight decay.

    Args:
        values: by name, both as of `edit`.

    Raises:
        UsageError: as `edit`.
    """
    fields = config_files.plain(recipe)
    for name, value in values.items():
        *sections, field = name.split(".")
        section = fields
        for part in sections:
            section = section.setdefault(part, {})
            if not isinstance(section, dict):
                raise UsageError(
                    f"recipe.{name}: {part} is a value of its own and has no fields. "
                    f"Name it by itself. Received: {name}"
                )
        section[field] = value
    try:
        return config_files.build(Recipe, fields, name="recipe")
    except DataError as error:
        raise UsageError(str(error)) from error
