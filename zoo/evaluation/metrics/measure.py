"""A number that may be undefined, and then says why."""

import math
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A number, or NaN and the reason why there is none."""

    value: float
    reason: str = ""

    def __post_init__(self):
        if math.isnan(self.value) != bool(self.reason):
            raise ValueError(
                "an undefined value, and no other, wants a reason. "
                f"Received: value={self.value}, reason={self.reason!r}"
            )


def measured(values: Mapping[str, float], why: Mapping[str, str]) -> dict[str, Measure]:
    """Values by metric, with the reason of each that is NaN."""
    return {
        name: Measure(value=float(value), reason=why[name] if math.isnan(value) else "")
        for name, value in values.items()
    }


def undefined(names: tuple[str, ...], reason: str) -> dict[str, Measure]:
    """Every metric undefined for one reason."""
    return dict.fromkeys(names, Measure(value=math.nan, reason=reason))
