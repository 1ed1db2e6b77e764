"""One parameter of a space: a field of the recipe, and the values that it may have."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, get_args

from pipelines.errors import DataError

Kind = Literal["choice", "range", "log", "integers"]
KINDS: tuple[str, ...] = get_args(Kind)
_WHEN = "when"
_STEP = "step"
_MOST_POINTS = 10_000
_ROUNDING = Decimal("1e-12")  # of a product of factors, relative
_DIGITS = 12  # of a point: those that follow are rounding


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """What one field of the recipe may be.

    Args:
        name: of the field, with its sections, e.g. `"optimisation.learning_rate"`.
        kind: how values are drawn: `"choice"`, one of a list; `"range"`, evenly;
            `"log"`, evenly of the logarithm; `"integers"`, evenly of whole numbers.
        values: of a choice all; else the first and the last.
        step: between the values of a range (of whole numbers: 1 if none is stated),
            the factor between those of a logarithm; none = all between.
        when: what other parameters have to be for this one to hold: their values, by
            name.
    """

    name: str
    kind: Kind
    values: tuple[Any, ...]
    step: float | None = None
    when: Mapping[str, tuple[Any, ...]]

    @property
    def points(self) -> tuple[Any, ...] | None:
        """All values that there are; none where there are too many to name.

        They are the decimal numbers that the file means: from 0 by steps of 0.1 the
        fourth is 0.3, and not 0.30000000000000004. Factors such as the root of 10 reach
        the last value too: it isn't lost to their last digit.
        """
        if self.kind == "choice":
            return self.values
        if self.step is None:
            return None
        first, last = (Decimal(str(value)) for value in self.values)
        step, logarithmic = Decimal(str(self.step)), self.kind == "log"
        points, point = [], first
        most = last * (1 + _ROUNDING) if logarithmic else last
        while point <= most:
            points.append(_number(min(point, last), whole=self.is_whole))
            point = point * step if logarithmic else point + step
        return tuple(points)

    @property
    def ends(self) -> tuple[Any, ...]:
        """What is tried beforehand for the whole: every choice, or first and last.

        Those of a range without a step are fractions, as what is drawn from it, even
        where the file has whole numbers.
        """
        points = self.points
        if points is None:
            return tuple(float(value) for value in self.values)
        return points if self.kind == "choice" else (points[0], points[-1])

    @property
    def is_whole(self) -> bool:
        """Whether its values are whole numbers."""
        if self.kind == "choice":
            return False
        given = (*self.values, *(() if self.step is None else (self.step,)))
        return self.kind == "integers" or (
            self.kind == "log" and all(isinstance(each, int) for each in given)
        )


def of_table(name: str, table: Any) -> Parameter:
    """The parameter of a line of a space file.

    Args:
        name: of the field.
        table: what stands behind it, e.g. `{"log": [1e-5, 1e-2]}`.

    Raises:
        DataError: what the line has, and what it should.
    """
    found = [kind for kind in KINDS if isinstance(table, dict) and kind in table]
    if len(found) != 1:
        known = ", ".join(f"{{ {kind} = [...] }}" for kind in KINDS)
        raise DataError(f"{name}: wants one of {known}. Received: {table!r}")
    kind = found[0]
    unknown = sorted(set(table) - {kind, _WHEN, _STEP})
    if unknown:
        raise DataError(
            f"{name}: beside {kind} may stand {_STEP} and {_WHEN}. Received: "
            f"{', '.join(unknown)}"
        )
    parameter = Parameter(
        name=name,
        kind=kind,
        values=_values(name, kind, table[kind]),
        step=_step(name, kind, table),
        when=_when(name, table.get(_WHEN, {})),
    )
    _check_points(parameter)
    return parameter


def to_table(parameter: Parameter) -> dict[str, Any]:
    """The line of a space file, as `of_table` reads it."""
    table: dict[str, Any] = {parameter.kind: list(parameter.values)}
    if parameter.step is not None:
        table[_STEP] = parameter.step
    if parameter.when:
        table[_WHEN] = {name: list(values) for name, values in parameter.when.items()}
    return table


def _values(name: str, kind: str, values: Any) -> tuple[Any, ...]:
    if not isinstance(values, list) or not values:
        raise DataError(f"{name}: {kind} wants a list in [ ]. Received: {values!r}")
    if kind == "choice":
        odd = [value for value in values if not _is_of_recipes(value)]
        if odd:
            raise DataError(
                f"{name}: a choice is a text, a number, a boolean, a list or a table. "
                f"Received: {odd[0]}, a {type(odd[0]).__name__}. Put it in quotes"
            )
        double = [value for i, value in enumerate(values) if value in values[:i]]
        if double:
            raise DataError(
                f"{name}: each choice stands once. Received twice: {double[0]!r}"
            )
        return tuple(values)
    wanted = "whole numbers" if kind == "integers" else "numbers"
    if len(values) != 2 or not all(_is_number(value, kind) for value in values):
        raise DataError(
            f"{name}: {kind} wants the first and the last of its values, two {wanted}. "
            f"Received: {values!r}"
        )
    if values[0] >= values[1]:
        raise DataError(
            f"{name}: the first value is below the last. Received: {values!r}. Fix a "
            "field that is not searched on the command line"
        )
    if kind == "log" and values[0] <= 0:
        raise DataError(
            f"{name}: a logarithm wants values above 0. Received: {values!r}. Take "
            "range, or a small first value"
        )
    return tuple(values)


def _step(name: str, kind: str, table: Mapping[str, Any]) -> float | None:
    step = table.get(_STEP)
    if step is None:
        return 1 if kind == "integers" else None
    least = {"range": 0, "integers": 0, "log": 1}.get(kind)
    if least is None:
        raise DataError(f"{name}: choices have no step. Leave it out")
    if not _is_number(step, kind) or step <= least:
        words = {"log": "a factor above 1", "integers": "a whole number above 0"}
        raise DataError(
            f"{name}: step is {words.get(kind, 'a number above 0')}. Received: {step!r}"
        )
    return step


def _when(name: str, conditions: Any) -> dict[str, tuple[Any, ...]]:
    if not isinstance(conditions, dict):
        raise DataError(
            f"{name}: when wants a table, e.g. {{ arch = 'cnn3d' }}. Received: "
            f"{conditions!r}"
        )
    flat = _flat(conditions)
    lists = {
        key: tuple(values) if isinstance(values, list) else (values,)
        for key, values in flat.items()
    }
    empty = [key for key, values in lists.items() if not values]
    if empty:
        raise DataError(
            f"{name}: a condition wants a value of {empty[0]} or a list of them. "
            "Received: an empty list"
        )
    return lists


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Names with their sections: TOML reads an unquoted dot as a table in a table."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        inside = isinstance(value, dict)
        flat |= _flat(value, f"{prefix}{key}.") if inside else {prefix + key: value}
    return flat


def _check_points(parameter: Parameter) -> None:
    """Refuses a step that leaves one value, or more than anybody searches."""
    if parameter.kind == "choice" or parameter.step is None:
        return
    first, last = parameter.values
    if parameter.kind == "log":
        number = math.log(last / first) / math.log(parameter.step) + 1
    else:
        number = (last - first) / parameter.step + 1
    if number > _MOST_POINTS:
        raise DataError(
            f"{parameter.name}: at most {_MOST_POINTS} values are searched one by one. "
            f"Received: {number:.0f}. Take a larger step, or log or range without one"
        )
    if len(parameter.points or ()) < 2:
        raise DataError(
            f"{parameter.name}: the step leaves the first value alone. Received: "
            f"{list(parameter.values)} by {parameter.step}. Take a smaller step"
        )


def _is_number(value: Any, kind: str) -> bool:
    kinds = int if kind == "integers" else int | float
    is_number = isinstance(value, kinds) and not isinstance(value, bool)
    return is_number and math.isfinite(value)


def _is_of_recipes(value: Any) -> bool:
    """Whether a recipe can hold it: TOML has dates and times too."""
    if isinstance(value, dict):
        return all(_is_of_recipes(each) for each in value.values())
    if isinstance(value, list):
        return all(_is_of_recipes(each) for each in value)
    return isinstance(value, str | int | float)


def _number(value: Decimal, *, whole: bool) -> int | float:
    return int(value) if whole else float(f"{value:.{_DIGITS}g}")
