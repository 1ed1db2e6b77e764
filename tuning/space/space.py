"""A space: the parameters that a sweep searches, from a TOML file."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

import tomli_w

from pipelines.errors import DataError, UsageError
from pipelines.storage import config_files
from tuning.space import parameter, presets
from tuning.space.parameter import KINDS, Parameter


@dataclass(frozen=True, kw_only=True)
class Space:
    """What is searched.

    Args:
        parameters: each once, and behind those that its conditions name.
    """

    parameters: tuple[Parameter, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that are searched."""
        return tuple(each.name for each in self.parameters)

    @property
    def digest(self) -> str:
        """16 hex digits that change with what is searched, not with how it is written.

        The order of parameters and of choices is of it, since tuners draw by it.
        """
        tables = [[each.name, parameter.to_table(each)] for each in self.parameters]
        return config_files.digest(tables)

    def get(self, name: str) -> Parameter | None:
        """The parameter of a field; none where it is not searched."""
        return next((each for each in self.parameters if each.name == name), None)


def load(name_or_path: str) -> Space:
    """Reads a space from a `.toml` file, or a shipped one by its name.

    Args:
        name_or_path: also an architecture of the zoo: it has the space of its family.

    Raises:
        UsageError: neither a file nor a shipped name.
        DataError: the file does not describe a space.
    """
    path = presets.path(name_or_path)
    if not path.exists():
        raise UsageError(f"the space file {path} does not exist")
    tables = config_files.read_toml(path)
    try:
        return of_tables(tables)
    except DataError as error:
        raise DataError(f"{path.name}: {error}") from error


def of_tables(tables: Mapping[str, Any]) -> Space:
    """The space of what a file says.

    Raises:
        DataError: a line that describes no parameter, a field that stands twice, or
            conditions that can't be met.
    """
    parameters = [parameter.of_table(name, table) for name, table in _lines(tables, "")]
    if not parameters:
        raise DataError(
            "a space wants a line at least, e.g. "
            '"optimisation.learning_rate" = { log = [1e-5, 1e-2] }. Received: none'
        )
    names = [each.name for each in parameters]
    double = sorted({name for name in names if names.count(name) > 1})
    if double:
        raise DataError(f"{double[0]} stands twice. Leave one of its lines out")
    return Space(parameters=in_order(parameters))


def to_toml(space: Space) -> str:
    """The space as the text of a file that `load` reads."""
    return tomli_w.dumps({p.name: parameter.to_table(p) for p in space.parameters})


def with_choice(space: Space, name: str, values: Sequence[str]) -> Space:
    """The space with a choice of a field in the place of what it says of it."""
    rest = [each for each in space.parameters if each.name != name]
    first = Parameter(name=name, kind="choice", values=tuple(values), when={})
    return dataclasses.replace(space, parameters=in_order([first, *rest]))


def in_order(parameters: Sequence[Parameter]) -> tuple[Parameter, ...]:
    """Each parameter behind those that its conditions name, else as they were.

    Raises:
        DataError: conditions in a circle.
    """
    by_name = {each.name: each for each in parameters}
    waits = {
        name: [other for other in each.when if other in by_name]
        for name, each in by_name.items()
    }
    try:
        order = tuple(TopologicalSorter(waits).static_order())
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise DataError(f"conditions go in a circle: {circle}. Break it") from error
    depth: dict[str, int] = {}
    for name in order:
        depth[name] = max((depth[other] + 1 for other in waits[name]), default=0)
    return tuple(sorted(parameters, key=lambda each: depth[each.name]))


def _lines(tables: Mapping[str, Any], prefix: str) -> list[tuple[str, Any]]:
    """Names of fields with what stands behind them, sections of TOML opened."""
    lines = []
    for key, value in tables.items():
        section = (
            isinstance(value, dict)
            and not set(value) & {*KINDS, "when", "step"}
            and any(isinstance(each, dict) for each in value.values())
        )
        if section:
            lines += _lines(value, f"{prefix}{key}.")
        else:
            lines.append((prefix + key, value))
    return lines
