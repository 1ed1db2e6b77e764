"""What subgroups are asked for on a command line."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.errors import UsageError

FOLD = "fold"


@dataclass(frozen=True, kw_only=True)
class By:
    """A column that makes subgroups.

    Args:
        name: of the column; `fold` is that of the predictions.
        cuts: of a number, ascending: `40, 60` makes below 40, 40 to below 60, the rest.
    """

    name: str
    cuts: tuple[float, ...] = ()

    @property
    def bands(self) -> tuple[str, ...]:
        """Names of the groups that the cuts make; empty = there are none.

        >>> By(name="age", cuts=(40, 60)).bands
        ('<40', '40 to <60', '≥60')
        """
        if not self.cuts:
            return ()
        between = (
            f"{low:g} to <{high:g}" for low, high in zip(self.cuts, self.cuts[1:])
        )
        return (f"<{self.cuts[0]:g}", *between, f"≥{self.cuts[-1]:g}")


def parse(texts: Sequence[str]) -> tuple[By, ...]:
    """Reads `vendor` and `age:40,60`.

    Raises:
        UsageError: no name, cuts that are no ascending numbers, or a column twice.
    """
    asked = tuple(map(_parse, texts))
    names = [by.name for by in asked]
    if len({*names}) < len(names):
        raise UsageError(f"--by names a column once. Received: {', '.join(names)}")
    return asked


def _parse(text: str) -> By:
    name, colon, cuts = text.partition(":")
    if not name or (colon and not cuts):
        raise UsageError(f"--by wants NAME or NAME:CUT,CUT. Received: {text!r}")
    try:
        numbers = tuple(map(float, cuts.split(","))) if cuts else ()
    except ValueError as error:
        raise UsageError(
            f"the cuts of --by are numbers, as in age:40,60. Received: {text!r}"
        ) from error
    ascending = all(low < high for low, high in zip(numbers, numbers[1:]))
    if not ascending or not all(map(math.isfinite, numbers)):
        raise UsageError(f"the cuts of --by ascend. Received: {text!r}")
    return By(name=name, cuts=numbers)
