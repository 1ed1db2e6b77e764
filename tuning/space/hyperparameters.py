"""A space as KerasTuner has it, and back."""

import contextlib
from collections.abc import Mapping
from typing import Any

import keras_tuner

from tuning.space.parameter import Parameter
from tuning.space.space import Space


def declared(space: Space) -> keras_tuner.HyperParameters:
    """All parameters of a space, with their conditions."""
    hyperparameters = keras_tuner.HyperParameters()
    for parameter in space.parameters:
        with contextlib.ExitStack() as conditions:
            for name, values in parameter.when:
                scope = hyperparameters.conditional_scope(name, list(values))
                conditions.enter_context(scope)
            _declare(hyperparameters, parameter)
    return hyperparameters


def active(space: Space, values: Mapping[str, Any]) -> dict[str, Any]:
    """Of KerasTuner's values, those of the parameters whose condition holds."""
    chosen: dict[str, Any] = {}
    for parameter in space.parameters:
        holds = all(chosen.get(name) in values for name, values in parameter.when)
        if holds and parameter.name in values:
            chosen[parameter.name] = values[parameter.name]
    return chosen


def _declare(
    hyperparameters: keras_tuner.HyperParameters, parameter: Parameter
) -> None:
    if parameter.kind == "choice":
        hyperparameters.Choice(parameter.name, list(parameter.values), ordered=False)
        return
    first, last = parameter.values
    kind = (
        hyperparameters.Int if parameter.kind == "integers" else hyperparameters.Float
    )
    kind(
        parameter.name,
        first,
        last,
        step=parameter.step,
        sampling="log" if parameter.kind == "log" else "linear",
    )
