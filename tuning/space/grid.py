"""How many combinations a space has, and whether they can be counted at all."""

from pipelines.errors import UsageError
from tuning.space.space import Space


def size(space: Space) -> int | None:
    """The number of combinations, conditions heeded; none where there is no end."""
    if any(each.points is None for each in space.parameters):
        return None
    asked = {name for each in space.parameters for name in each.when}
    return _count(space, asked, {}, 0)


def check(space: Space) -> int:
    """The number of combinations of a grid.

    Raises:
        UsageError: a range without a step has no end of values.
    """
    endless = [each for each in space.parameters if each.points is None]
    if endless:
        first = endless[0]
        step = "a factor, e.g. step = 10" if first.kind == "log" else "e.g. step = 0.1"
        raise UsageError(
            f"a grid wants single values, and {', '.join(e.name for e in endless)} "
            f"has all between its ends. Give {first.name} a step ({step}) or choices, "
            "or take another --tuner"
        )
    number = size(space)
    assert number is not None, "every parameter has points"
    return number


def _count(space: Space, asked: set[str], values: dict, start: int) -> int:
    """Combinations of the parameters from `start` on, beside the values before."""
    factor = 1
    for number in range(start, len(space.parameters)):
        each = space.parameters[number]
        if not all(values.get(name) in of for name, of in each.when.items()):
            continue
        points = each.points or ()
        if each.name not in asked:
            factor *= len(points)
            continue
        return factor * sum(
            _count(space, asked, values | {each.name: point}, number + 1)
            for point in points
        )
    return factor
