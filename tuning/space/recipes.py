"""The values of a trial in the recipe, and whether all of a space can be trained."""

import copy
import random
from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.errors import DataError, UsageError
from pipelines.records.data_set import DataSet
from tuning.space import fields
from tuning.space.parameter import Parameter
from tuning.space.space import Space
from zoo.recipes.edit import edit_all
from zoo.recipes.recipe import Recipe
from zoo.training import recipe_checks

_TRIES = 40  # other values beside one that was refused
_DRAWN = 1_000_003  # steps that a range without any is drawn in


def edited(base: Recipe, values: Mapping[str, Any]) -> Recipe:
    """The recipe with a trial's values.

    Args:
        values: by the name of the field; a section is set before what is in it.

    Raises:
        UsageError: as of `zoo.recipes.edit.edit_all`.
    """
    outer_first = sorted(values.items(), key=lambda value: value[0].count("."))
    return edit_all(base, copy.deepcopy(dict(outer_first)))


def check(
    space: Space,
    base: Recipe,
    data: DataSet,
    folds: Sequence[str],
    *,
    owned: Mapping[str, str] = fields.OWNED,
    weights_from: str | None = None,
) -> tuple[str, ...]:
    """Refuses, before the first trial, a space that holds what can't be trained.

    Every choice, and the ends of every range, is put into the recipe and held against
    the data set; where that is refused, again beside other values of the rest.

    Args:
        space: decided, see `tuning.space.conditions`.
        base: what is not searched.
        folds: names of the sweep's folds; "" = the data set's one validation split.
        owned: fields that the sweep sets itself, with the reason.
        weights_from: as of `zoo.fit`.

    Returns:
        A sentence on each value that only some others go with: such trials fail.

    Raises:
        UsageError: no such field, fractions for a field of whole numbers, or a value
            that goes with no others.
    """
    for parameter in space.parameters:
        fields.check(parameter.name, owned)
        _check_whole(parameter)
    asked = _Asked(space, base, data, folds, weights_from)
    sentences = []
    for parameter in space.parameters:
        refusals = {
            place: asked.refusal(parameter, value, None)
            for place, value in enumerate(parameter.ends)
        }
        never = {
            place: why
            for place, why in refusals.items()
            if why is not None and not asked.goes_with_others(parameter, place)
        }
        if len(never) == len(refusals):
            raise UsageError(
                f"no value of the space's {_named(space, never[0]) or parameter.name} "
                f"can be trained: {never[0]}"
            )
        for place, why in refusals.items():
            if why is None:
                continue
            value = parameter.ends[place]
            if place in never:
                raise UsageError(
                    f"the space's {parameter.name} = {value!r} can't be trained: {why}"
                )
            sentences.append(
                f"{parameter.name} = {value!r} does not go with all other values of "
                f"the space; such trials fail: {why}"
            )
    return tuple(dict.fromkeys(sentences))


def _named(space: Space, refusal: str) -> str:
    """The parameter that a refusal is of by its own words; "" if it names none."""
    named = (name for name in space.names if f"recipe.{name}: " in refusal)
    return next(named, "")


def _check_whole(parameter: Parameter) -> None:
    """Refuses what draws fractions for a field that holds whole numbers alone."""
    fractions = parameter.kind == "range" or parameter.points is None
    if fractions and fields.is_whole(parameter.name):
        raise UsageError(
            f"the space's {parameter.name} holds whole numbers. Received: "
            f"{parameter.kind} = {list(parameter.values)}, which draws fractions too. "
            "Take integers = [first, last], or log of whole numbers with a whole step"
        )


class _Asked:
    """Whether values can be trained on all folds of a data set."""

    def __init__(
        self,
        space: Space,
        base: Recipe,
        data: DataSet,
        folds: Sequence[str],
        weights_from: str | None,
    ):
        self._space, self._base = space, base
        self._data, self._folds = data, folds
        self._weights_from = weights_from

    def goes_with_others(self, parameter: Parameter, place: int) -> bool:
        """Whether an end of a parameter can be trained beside other values."""
        value = parameter.ends[place]
        draws = (random.Random(number) for number in range(_TRIES))
        return any(self.refusal(parameter, value, draw) is None for draw in draws)

    def refusal(
        self, parameter: Parameter, value: Any, draw: random.Random | None
    ) -> str | None:
        """Why one value can't be trained; none where it can.

        Args:
            draw: of the values beside it; none = of each the first that can be.
        """
        needed = self._needed(parameter, {parameter.name: value}, draw)
        values: dict[str, Any] = {}
        for each in self._space.parameters:
            if all(values.get(name) in of for name, of in each.when.items()):
                choices = (needed[each.name],) if each.name in needed else each.ends
                values[each.name] = (
                    choices[0] if draw is None else _any(each, choices, draw)
                )
        try:
            recipe = edited(self._base, values)
            for fold in self._folds:
                recipe_checks.check(
                    recipe,
                    self._data,
                    fold=fold or None,
                    weights_from=self._weights_from,
                )
        except (UsageError, DataError) as error:
            return str(error)
        return None

    def _needed(
        self, parameter: Parameter, needed: dict[str, Any], draw: random.Random | None
    ) -> dict[str, Any]:
        """What the conditions of a parameter, and those of theirs, ask for."""
        for name, wanted in parameter.when.items():
            parent = self._space.get(name)
            if parent is not None and name not in needed:
                needed[name] = wanted[0] if draw is None else draw.choice(wanted)
                self._needed(parent, needed, draw)
        return needed


def _any(parameter: Parameter, choices: tuple[Any, ...], draw: random.Random) -> Any:
    """One of the choices, or of all values where there are but the ends of a range."""
    if len(choices) == 1:
        return choices[0]
    points = parameter.points
    if points is not None:
        return draw.choice(points)
    first, last = parameter.values
    share = draw.randrange(_DRAWN) / (_DRAWN - 1)
    if parameter.kind == "log":
        return float(first * (last / first) ** share)
    return float(first + (last - first) * share)
