"""Which numbers the fields of a recipe may hold: finite ones, within an interval."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Interval:
    """From `first` to `last`; not a number lies in none.

    Args:
        without_first, without_last: whether the end itself lies outside.
    """

    first: float
    last: float
    without_first: bool = False
    without_last: bool = False

    def __contains__(self, number: float) -> bool:
        after = self.first < number if self.without_first else self.first <= number
        before = number < self.last if self.without_last else number <= self.last
        return after and before

    def __str__(self) -> str:
        first, last = _text(self.first), _text(self.last)
        below = "below " if self.without_last else ""
        if self.without_first:
            return f"above {first} and {below or 'at most '}{last}"
        return f"from {first} to {below}{last}"


def _text(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:g}"


PROPER_SHARE = Interval(first=0, last=1, without_last=True)
POSITIVE = Interval(first=1e-12, last=1e12)  # far within what float32 holds
NOT_NEGATIVE = Interval(first=0, last=1e12)
COUNT = Interval(first=1, last=1_000_000)
COUNT_OR_NONE = Interval(first=0, last=1_000_000)


def check(section: Any, name: str, limits: Mapping[str, Interval]) -> None:
    """Holds fields of a section of a recipe against their intervals.

    Args:
        section: its fields hold a number, a tuple of numbers, a word or nothing; the
            latter two are not looked at.
        name: of the section, as a recipe writes it.
        limits: by the name of the field.

    Raises:
        ValueError: a number outside of its interval.
    """
    for field, interval in limits.items():
        value = getattr(section, field)
        numbers = value if isinstance(value, tuple) else (value,)
        for number in numbers:
            if isinstance(number, int | float) and number not in interval:
                each = "each of " if isinstance(value, tuple) else ""
                raise ValueError(
                    f"{each}{name}.{field} must be {interval}. Received: {number}"
                )
