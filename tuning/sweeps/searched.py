"""What a sweep searches and what stays fixed, of its command line."""

import dataclasses

from pipelines.errors import UsageError
from tuning.space import conditions, grid
from tuning.space import space as spaces
from tuning.space.space import Space
from tuning.sweeps import fixed as fixed_fields
from tuning.sweeps.command_line import Options
from zoo.architectures import registry
from zoo.recipes.recipe import Recipe

ARCH = "arch"
AUGMENTATION = "augmentation"  # as a whole; --augment names one to begin with
_EPOCHS = "optimisation.epochs"


def searched(options: Options, fixed: tuple[str, ...]) -> tuple[Space, Recipe]:
    """The space, with the architectures of --arch, and the recipe that trials change.

    Raises:
        UsageError: a field that is fixed and searched, an unknown architecture, no
            parameter at all, or a grid without end.
        DataError: a space file that does not read.
    """
    space = spaces.load(options.space)
    for arch in options.architectures:
        registry.get(arch)
    recipe = dataclasses.replace(options.recipe, arch=options.architectures[0])
    if len(options.architectures) > 1:
        space = spaces.with_choice(space, ARCH, options.architectures)
        fixed = tuple(name for name in fixed if name != ARCH)
    given = space.names
    space = conditions.decided(space, recipe)
    if options.augment is not None and AUGMENTATION in given:
        fixed = (*fixed, AUGMENTATION)
    fixed_fields.check(given, fixed)
    if options.tuner == "hyperband" and _EPOCHS in space.names:
        raise UsageError(
            f"hyperband chooses the epochs of its rounds itself, up to --epochs. Take "
            f"{_EPOCHS} out of the space"
        )
    if not space.parameters:
        raise UsageError(
            f"no condition of the space {options.space} holds for this recipe, so "
            f"nothing is searched of {', '.join(given)}. Fix other fields"
        )
    if options.tuner == "grid":
        grid.check(space)
    return space, recipe
