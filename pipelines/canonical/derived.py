"""Channels computed from others, voxel by voxel on the grid."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.canonical import diffusion_fit
from pipelines.errors import StudyError
from pipelines.tasks.derivation import Derivation

_NEAR_ZERO = 0.02  # of the divisor's 99th percentile: smaller ones are noise
_BRIGHT = 99.0
_BELOW = 0.05  # of its range, the fill value lies below the lowest value of a ratio


@dataclass(frozen=True, kw_only=True, eq=False)
class Source:
    """A sequence on the grid that a channel is computed from.

    Args:
        voxels: `[D, H, W]`; of a fit, as interpolated from what was acquired.
        fill: value of voxels outside.
        integer: whether all are whole numbers.
        b_value: in s/mm2; none = not known.
    """

    voxels: np.ndarray
    fill: float
    integer: bool
    b_value: float | None = None


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


def derive(name: str, derivation: Derivation, sources: Sequence[Source]) -> Derived:
    """The channel that a derivation makes of its sources.

    A voxel is inside where all sources show something (differ from their fill) and,
    for a ratio, where the divisor is not near zero: under 2 % of its 99th percentile;
    for a fit, where there is signal, see `diffusion_fit.signal`. Differences of whole
    numbers are whole, and so are coefficients, in 1e-6 mm2/s.

    Args:
        name: of the channel that is made.
        sources: of the expression's names; of a fit with their b-values.

    Raises:
        StudyError: empty_derived.
    """
    voxels = [source.voxels.astype(np.float64) for source in sources]
    inside = np.logical_and.reduce(
        [one != source.fill for one, source in zip(voxels, sources)]
    )
    integer = all(source.integer for source in sources)
    match derivation.operation:
        case "-":
            values = voxels[0] - voxels[1]
        case "/":
            values, inside = _ratio(*voxels, inside)
            integer = False
        case "adc" | "adc_residual":
            b_values = [source.b_value for source in sources]
            inside &= diffusion_fit.signal(voxels, b_values)
            coefficient, residual = diffusion_fit.fit(voxels, b_values, inside)
            integer = derivation.operation == "adc"
            values = np.rint(coefficient) if integer else residual
    if not inside.any() or np.ptp(values[inside]) == 0:
        raise StudyError(
            code="empty_derived",
            problem=f"{name} shows nothing: its sources nowhere overlap, or are the "
            "same everywhere",
            cure="Check that they are not one series twice, and that they show the "
            "same place",
        )
    lowest, span = values[inside].min(), np.ptp(values[inside])
    fill = float(lowest - 1) if integer else float(np.float32(lowest - _BELOW * span))
    return Derived(voxels=np.where(inside, values, fill), fill=fill, integer=integer)


def _ratio(
    first: np.ndarray, second: np.ndarray, inside: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The ratio, and where it is one."""
    bright = np.percentile(np.abs(second[inside]), _BRIGHT) if inside.any() else 0
    inside = inside & (np.abs(second) > _NEAR_ZERO * bright)
    values = np.divide(first, second, out=np.zeros_like(first), where=inside)
    return values, inside
