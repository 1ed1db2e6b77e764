"""Channels computed from others, voxel by voxel on the grid."""

from dataclasses import dataclass

import numpy as np

from pipelines.errors import StudyError
from pipelines.tasks.derivation import Derivation

_NEAR_ZERO = 0.02  # of the divisor's 99th percentile: smaller ones are noise
_BRIGHT = 99.0
_BELOW = 0.05  # of its range, the fill value lies below the lowest value of a ratio


@dataclass(frozen=True, kw_only=True, eq=False)
class Derived:
    """A channel on the grid.

    Args:
        voxels: float64 `[D, H, W]`, whole numbers where `integer`.
        fill: value of voxels outside, lower than every voxel inside, so that a
            difference of 0 in the body is foreground.
    """

    voxels: np.ndarray
    fill: float
    integer: bool


def derive(
    name: str,
    derivation: Derivation,
    sources: tuple[np.ndarray, np.ndarray],
    fills: tuple[float, float],
    *,
    integer: bool,
) -> Derived:
    """The difference or the ratio of two channels.

    A voxel is inside where both sources show something (differ from their fill) and,
    for a ratio, where the divisor is not near zero: under 2 % of its 99th percentile.

    Args:
        name: of the channel that is made.
        sources: `[D, H, W]`, of the expression's two names.
        fills: of each.
        integer: whether both hold whole numbers.

    Raises:
        StudyError: empty_derived.
    """
    first, second = (source.astype(np.float64) for source in sources)
    inside = (first != fills[0]) & (second != fills[1])
    if derivation.operation == "/":
        integer = False
        bright = np.percentile(np.abs(second[inside]), _BRIGHT) if inside.any() else 0
        inside &= np.abs(second) > _NEAR_ZERO * bright
        values = np.divide(first, second, out=np.zeros_like(first), where=inside)
    else:
        values = first - second
    if not inside.any() or np.ptp(values[inside]) == 0:
        raise StudyError(
            code="empty_derived",
            problem=f"{name} shows nothing: its two sources nowhere overlap, or are "
            "the same everywhere",
            cure="Check that they are not one series twice, and that they show the "
            "same place",
        )
    lowest, span = values[inside].min(), np.ptp(values[inside])
    fill = float(lowest - 1) if integer else float(np.float32(lowest - _BELOW * span))
    return Derived(voxels=np.where(inside, values, fill), fill=fill, integer=integer)
