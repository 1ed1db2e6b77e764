"""A space as KerasTuner has it, and its values back in the words of a recipe.

A `Choice` of KerasTuner holds values of one type, makes 1 and 0 of booleans, and its
steps lose their last value to rounding (0 to 0.5 by 0.1 ends at 0.4). So whatever has
points is a `Choice` of them: numbers in their order, words as they are, all else as
JSON text.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import keras_tuner

from pipelines.errors import DataError
from tuning.space.parameter import Parameter
from tuning.space.space import Space

_DIGITS = 6  # that a drawn number keeps: a recipe should be readable


def declared(space: Space) -> keras_tuner.HyperParameters:
    """All parameters of a space with their conditions, each at its first value."""
    declarations = [_declaration(space, each) for each in space.parameters]
    config = {"space": declarations, "values": {}}
    hyperparameters = keras_tuner.HyperParameters.from_config(config)
    for each in hyperparameters.space:
        if hyperparameters.is_active(each):
            hyperparameters.values[each.name] = each.default
    return hyperparameters


def active(space: Space, values: Mapping[str, Any]) -> dict[str, Any]:
    """What KerasTuner's values set in a recipe: those whose conditions hold.

    Args:
        values: of a trial, by name; what the space has not, such as Hyperband's own
            entries, is left out.

    Raises:
        DataError: a value that the space has not.
    """
    chosen: dict[str, Any] = {}
    for each in space.parameters:
        holds = all(
            name in chosen and chosen[name] in wanted
            for name, wanted in each.when.items()
        )
        if holds and each.name in values:
            chosen[each.name] = _decoded(each, values[each.name])
    return chosen


def _declaration(space: Space, parameter: Parameter) -> dict[str, Any]:
    """As KerasTuner writes a parameter into its files."""
    conditions = [
        {
            "class_name": "Parent",
            "config": {"name": name, "values": _encoded(space.get(name), values)},
        }
        for name, values in parameter.when.items()
    ]
    config = {"name": parameter.name, "conditions": conditions}
    points = parameter.points
    if parameter.kind == "integers" and parameter.step == 1:
        first, last = parameter.values
        config |= {"min_value": first, "max_value": last, "step": 1, "default": first}
        return {"class_name": "Int", "config": config | {"sampling": "linear"}}
    if points is None:
        first, last = parameter.values
        config |= {"min_value": first, "max_value": last, "step": None}
        sampling = "log" if parameter.kind == "log" else "linear"
        config |= {"sampling": sampling, "default": float(first)}
        return {"class_name": "Float", "config": config}
    values = _encoded(parameter, points)
    config |= {"default": values[0], "ordered": not isinstance(values[0], str)}
    config["values"] = sorted(values) if config["ordered"] else values
    return {"class_name": "Choice", "config": config}


def _encoded(parameter: Parameter | None, values: Sequence[Any]) -> list[Any]:
    """Values of a parameter in the type that all its points have in KerasTuner."""
    points = None if parameter is None else parameter.points
    if points is None:
        return list(values)
    types = {type(point) for point in points}
    if types == {int} or types == {str}:
        return list(values)
    if types <= {int, float}:
        return [float(value) for value in values]
    return [json.dumps(value, sort_keys=True) for value in values]


def _decoded(parameter: Parameter, value: Any) -> Any:
    """A value of KerasTuner as the recipe has it."""
    points = parameter.points
    if points is None:
        first, last = parameter.values
        rounded = float(f"{value:.{_DIGITS}g}")
        return min(max(rounded, float(first)), float(last))
    for point, text in zip(points, _encoded(parameter, points), strict=True):
        if text == value:
            return point
    raise DataError(
        f"{parameter.name} has no value {value!r} in the space of this sweep: it has "
        f"{', '.join(map(repr, points[:10]))}. Copy the sweep's directory again"
    )
