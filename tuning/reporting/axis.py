"""The parameters of a sweep as axes, on which each value has a place from 0 to 1."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tuning.reporting import scale
from tuning.reporting.scale import Scale
from tuning.space.parameter import Parameter
from tuning.space.space import Space
from tuning.trials.trial import Trial


@dataclass(frozen=True, kw_only=True)
class Axis:
    """One parameter.

    Args:
        name: of the recipe's field.
        scale: of numbers; none of choices.
        choices: all values of a choice, in the space's order.
    """

    name: str
    scale: Scale | None = None
    choices: tuple[Any, ...] = ()

    @property
    def is_numeric(self) -> bool:
        """Whether every value is a number."""
        return self.scale is not None or _are_numbers(self.choices)

    def position(self, value: Any) -> float:
        """0 to 1; of a choice the middle of its share."""
        if self.scale is not None:
            return self.scale.position(float(value))
        return (self.choices.index(value) + 0.5) / len(self.choices)

    def ticks(self, most: int = 5) -> list[tuple[float, str]]:
        """Places and what stands beside them."""
        if self.scale is not None:
            return [
                (self.scale.position(tick), scale.text(tick))
                for tick in self.scale.ticks(most)
            ]
        return [(self.position(value), shown(value)) for value in self.choices]


def axes(space: Space, trials: Sequence[Trial]) -> tuple[Axis, ...]:
    """The parameters that any trial has, those of the space first, in its order."""
    tried: dict[str, list[Any]] = {name: [] for name in space.names}
    for trial in trials:
        for name, value in trial.values.items():
            tried.setdefault(name, []).append(value)
    return tuple(
        _axis(name, space.get(name), values) for name, values in tried.items() if values
    )


def varying(of: Iterable[Axis], trials: Sequence[Trial]) -> tuple[Axis, ...]:
    """Those of which the trials have more than one value."""
    return tuple(
        axis
        for axis in of
        if len(
            {json.dumps(t.values[axis.name]) for t in trials if axis.name in t.values}
        )
        > 1
    )


def _axis(name: str, parameter: Parameter | None, values: Sequence[Any]) -> Axis:
    if _are_numbers(values) and (parameter is None or parameter.kind != "choice"):
        ends = () if parameter is None else parameter.values
        logarithmic = parameter is not None and parameter.kind == "log"
        return Axis(
            name=name, scale=scale.around([*values, *ends], logarithmic=logarithmic)
        )
    is_choice = parameter is not None and parameter.kind == "choice"
    choices = list(parameter.values) if is_choice else []
    for value in values:
        if value not in choices:
            choices.append(value)
    return Axis(name=name, choices=tuple(choices))


def _are_numbers(values: Iterable[Any]) -> bool:
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)


def shown(value: Any) -> str:
    """A value as the page has it."""
    if isinstance(value, float):
        return scale.text(value)
    return value if isinstance(value, str) else json.dumps(value)


def plain(value: Any) -> Any:
    """A value as a CSV file has it: numbers as they are, which read back equal."""
    return value if isinstance(value, int | float | str) else shown(value)
