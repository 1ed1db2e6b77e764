"""What a sweep is gone on with is what it was begun with."""

import dataclasses
import json
from typing import Any

from pipelines.errors import UsageError
from tuning.space import space as spaces
from tuning.space.space import Space
from tuning.trials import code_version
from tuning.trials import sweep as sweeps
from tuning.trials.sweep import Settings, Sweep
from zoo.recipes.recipe import Recipe
from zoo.training.command_line import differences

# Of these it is told more closely what has changed, or another one tells it.
_ELSEWHERE = ("code", "space_digest", "recipe_digest", "direction")


def checked(
    sweep: Sweep,
    settings: Settings,
    *,
    space: Space,
    recipe: Recipe,
    accept_changed_code: bool,
) -> Sweep:
    """The sweep, where nothing has changed but what may.

    Args:
        settings: of the call that goes on with it.
        accept_changed_code: take another version of the code, and note it.

    Raises:
        UsageError: something else has; shows what it was and what it is.
    """
    lines = changes(sweep.settings, settings)
    lines += _of_recipe(sweep.recipe, recipe)
    lines += _of_space(spaces.load(str(sweep.space_path)), space)
    if lines:
        raise UsageError(
            f"{sweep.path} was begun with something else:\n  "
            + "\n  ".join(lines)
            + "\nGive the command it was begun with, or choose another --out"
        )
    return _with_code(sweep, settings.code, accept_changed_code)


def changes(before: Settings, now: Settings) -> list[str]:
    """A line for each setting that differs, the code, space and recipe apart."""
    lines = []
    for field in dataclasses.fields(Settings):
        was, is_now = getattr(before, field.name), getattr(now, field.name)
        if was != is_now and field.name not in _ELSEWHERE:
            word = field.name.removesuffix("_digest").replace("_", " ")
            lines.append(f"{word}: {_text(was)} then, {_text(is_now)} now")
    return lines


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value[:16]  # of a digest enough to tell it
    return "none" if value is None else json.dumps(value)


def _of_recipe(before: Recipe, now: Recipe) -> list[str]:
    lines = []
    for option in differences(before, now):
        name = option.removeprefix("--").replace("-", "_")
        lines.append(f"{option}: {_value(before, name)} then, {_value(now, name)} now")
    return lines


def _value(recipe: Recipe, name: str) -> Any:
    value = recipe
    for part in name.split("."):
        value = getattr(value, part)
    return value


def _of_space(before: Space, now: Space) -> list[str]:
    was = {parameter.name: parameter for parameter in before.parameters}
    new = {parameter.name: parameter for parameter in now.parameters}
    lines = [f"space: without {name} now" for name in was if name not in new]
    lines += [f"space: with {name} now" for name in new if name not in was]
    lines += [
        f"space: other values of {n} now" for n in was if new.get(n, was[n]) != was[n]
    ]
    if not lines and before.digest != now.digest:
        lines.append("space: its parameters in another order now")
    return lines


def _with_code(sweep: Sweep, code: dict[str, str], accept: bool) -> Sweep:
    """The sweep with the code that goes on with it."""
    known = (sweep.settings.code, *sweep.accepted_code)
    if code == known[-1]:
        return sweep
    if not accept:
        changed = code_version.differences(known[-1], code)
        raise UsageError(
            f"{sweep.path} was made by other code, so that its trials and those to "
            f"come may not be comparable: {changed}. Go on with the code it was made "
            "by, or with this one by --accept-changed-code: the report marks the "
            "trials of either side"
        )
    return sweeps.accept_code(sweep, code)
