"""Conditions of a space that a recipe decides: fixed fields, the rank of networks."""

import dataclasses
from typing import Any

from pipelines.errors import UsageError
from tuning.space import fields
from tuning.space.parameter import Parameter
from tuning.space.space import Space, in_order
from zoo.architectures import registry
from zoo.recipes.recipe import Recipe

ARCH = "arch"
RANK = "rank"  # no field of a recipe: 2 or 3, of the network


def decided(space: Space, base: Recipe) -> Space:
    """The space with conditions on what it searches alone.

    A condition on a field that is not searched is decided by the recipe; where it does
    not hold, the parameter is left out. One on `rank` becomes one on `arch`, and of
    networks only those count that the sweep has.

    Raises:
        UsageError: a condition on what no recipe has, or that no value can meet.
    """
    kept: list[Parameter] = []
    left_out: set[str] = set()
    for each in space.parameters:
        when = _decided(each, space, base, left_out)
        if when is None:
            left_out.add(each.name)
        else:
            kept.append(dataclasses.replace(each, when=when))
    return Space(parameters=in_order(kept))


def _decided(
    parameter: Parameter, space: Space, base: Recipe, left_out: set[str]
) -> dict[str, tuple[Any, ...]] | None:
    """What is left of a parameter's conditions; none where one of them fails."""
    when: dict[str, tuple[Any, ...]] = {}
    for name, wanted in parameter.when.items():
        if name == RANK:
            name, wanted = ARCH, _of_rank(parameter, space, base, wanted)
        searched = None if name in left_out else space.get(name)
        if searched is None:
            held = fields.value(base, name, asked_by=parameter.name)
            for value in wanted:
                _check_possible(parameter, name, value)
            if not any(_is_same(held, value) for value in wanted):
                return None
            continue
        if name == ARCH:
            wanted = _of_the_sweep(parameter, searched, wanted, when.get(ARCH))
            if not wanted:
                return None
        when[name] = _points(parameter, searched, wanted)
    return when


def _of_rank(
    parameter: Parameter, space: Space, base: Recipe, wanted: tuple[Any, ...]
) -> tuple[str, ...]:
    """The networks of a rank among those of the sweep."""
    if not all(rank in (2, 3) for rank in wanted):
        raise UsageError(
            f"{parameter.name}: a network's rank is 2 (slices) or 3 (volumes). "
            f"Received: {list(wanted)}"
        )
    searched = space.get(ARCH)
    networks = (base.arch,) if searched is None else searched.values
    for name in networks:
        _check_possible(parameter, ARCH, name)
    return tuple(name for name in networks if registry.get(name).rank in wanted)


def _of_the_sweep(
    parameter: Parameter,
    searched: Parameter,
    wanted: tuple[Any, ...],
    also: tuple[Any, ...] | None,
) -> tuple[Any, ...]:
    """Those of the wanted networks that the sweep has.

    Args:
        also: what another condition of the same parameter wants; none = there is none.

    Raises:
        UsageError: a name that no network of the zoo has.
    """
    for name in wanted:
        _check_possible(parameter, ARCH, name)
    among = searched.values if also is None else also
    return tuple(name for name in wanted if name in among)


def _check_possible(parameter: Parameter, name: str, value: Any) -> None:
    """Refuses what a field that is not searched could hold in no recipe."""
    fields.check_value(name, value, asked_by=parameter.name)
    if name == ARCH:
        registry.get(value)


def _points(
    parameter: Parameter, searched: Parameter, wanted: tuple[Any, ...]
) -> tuple[Any, ...]:
    """The wanted values as the parameter that is searched has them.

    KerasTuner compares texts: [0, 0] in a condition would never meet [0.0, 0.0].
    """
    points = searched.points
    if points is None:
        raise UsageError(
            f"{parameter.name}: a condition wants a parameter of single values. "
            f"Received: {searched.name}, which has all between "
            f"{searched.values[0]:g} and {searched.values[1]:g}. Give it a step, or "
            "choices"
        )
    met = []
    for value in wanted:
        same = [point for point in points if _is_same(point, value)]
        if not same:
            raise UsageError(
                f"{parameter.name}: its condition asks for {searched.name} = {value!r}"
                f", which may be {', '.join(map(repr, points[:10]))}"
            )
        met.append(same[0])
    return tuple(met)


def _is_same(one: Any, other: Any) -> bool:
    """Whether values are equal, 1 and 1.0 among them, but not 1 and true."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_is_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            _is_same(one[key], other[key]) for key in one
        )
    return isinstance(one, bool) == isinstance(other, bool) and one == other
