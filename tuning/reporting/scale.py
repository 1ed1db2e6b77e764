"""Where a number stands between the ends of an axis, and the axis' ticks."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The numbers from `low` to `high`, evenly or evenly of the logarithm.

    Raises:
        ValueError: ends that don't rise, or a logarithm of 0 or less.
    """

    low: float
    high: float
    logarithmic: bool = False

    def __post_init__(self):
        if not self.low < self.high or (self.logarithmic and self.low <= 0):
            raise ValueError(
                "a scale rises, a logarithmic one from above 0. Received: "
                f"{self.low=}, {self.high=}, {self.logarithmic=}"
            )

    def position(self, value: float) -> float:
        """0 at the low end, 1 at the high one; what is beyond stands at the end."""
        value = min(max(value, self.low), self.high)
        if self.logarithmic:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def ticks(self, most: int = 6) -> tuple[float, ...]:
        """Round numbers within the ends.

        >>> Scale(low=0, high=1).ticks()
        (0.0, 0.25, 0.5, 0.75, 1.0)
        >>> Scale(low=1e-5, high=1e-2, logarithmic=True).ticks()
        (1e-05, 0.0001, 0.001, 0.01)
        """
        if self.logarithmic and self.high / self.low >= 10:
            return self._decades(most)
        step = _step((self.high - self.low) / (most - 1))
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return tuple(float(f"{n * step:.10g}") for n in range(first, last + 1))

    def _decades(self, most: int) -> tuple[float, ...]:
        first = math.ceil(math.log10(self.low) - 1e-9)
        last = math.floor(math.log10(self.high) + 1e-9)
        stride = max(1, math.ceil((last - first + 1) / most))
        return tuple(float(f"1e{n}") for n in range(first, last + 1, stride))


def _step(least: float) -> float:
    """The first of 1, 2, 2.5, 5, 10 times a power of ten that is `least` or more."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(s * power for s in _STEPS if s * power >= least * (1 - 1e-9))


def around(values: Iterable[float], *, logarithmic: bool = False) -> Scale:
    """A scale from the least to the largest of some numbers, with room for one alone.

    Raises:
        ValueError: no number.
    """
    values = list(values)
    low, high = float(min(values)), float(max(values))
    if low < high:
        return Scale(low=low, high=high, logarithmic=logarithmic and low > 0)
    room = abs(low) * 0.1 or 0.5
    return Scale(low=low - room, high=low + room)


def without_outliers(values: Sequence[float]) -> Scale:
    """Like `around`, but at most five quartile ranges beyond either quartile.

    One trial that diverged leaves the others readable; it stands at the edge.
    """
    ordered = sorted(values)
    first, third = (ordered[round(q * (len(ordered) - 1))] for q in (0.25, 0.75))
    reach = 5 * (third - first)
    kept = [v for v in ordered if first - reach <= v <= third + reach]
    return around(kept if reach else ordered)


def text(value: float) -> str:
    """A number in at most five characters or so.

    >>> text(0.0001), text(0.8125), text(64.0), text(1e-05), text(12345.0)
    ('0.0001', '0.8125', '64', '1e-05', '12345')
    """
    whole = float(value).is_integer() and abs(value) < 1e6
    return str(int(value)) if whole else f"{value:.4g}"
