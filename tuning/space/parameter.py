"""One parameter of a space: a field of the recipe, and the values that it may have."""

from dataclasses import dataclass
from typing import Any, Literal

from pipelines.errors import DataError

Kind = Literal["choice", "range", "log", "integers"]
_WHEN = "when"
_STEP = "step"


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """What one field of the recipe may be.

    Args:
        name: of the field, with its sections.
        kind: how its values are drawn: from a list, evenly, evenly of the logarithm, or
            of whole numbers.
        values: of a choice; else the first and the last.
        step: between the values of a range; none = all between.
        when: by the name of an earlier parameter the values with which this one holds.
    """

    name: str
    kind: Kind
    values: tuple[Any, ...]
    step: float | None = None
    when: tuple[tuple[str, tuple[Any, ...]], ...] = ()


def of_table(name: str, table: Any) -> Parameter:
    """The parameter of a line of a space file.

    Raises:
        DataError: a line of another kind.
    """
    kinds = ("choice", "range", "log", "integers")
    found = [kind for kind in kinds if isinstance(table, dict) and kind in table]
    if len(found) != 1 or not set(table) <= {found[0], _WHEN, _STEP}:
        raise DataError(
            f"{name} wants one of {', '.join(kinds)}, e.g. {{ log = [1e-4, 1e-2] }}, "
            f"with step or when beside it. Received: {table!r}"
        )
    values = table[found[0]]
    if not isinstance(values, list) or not values:
        raise DataError(f"{name}.{found[0]} is a list. Received: {values!r}")
    if found[0] != "choice" and (len(values) != 2 or not values[0] < values[1]):
        raise DataError(f"{name}.{found[0]} is first and last. Received: {values!r}")
    return Parameter(
        name=name,
        kind=found[0],
        values=tuple(values),
        step=table.get(_STEP),
        when=tuple((key, tuple(of)) for key, of in table.get(_WHEN, {}).items()),
    )
