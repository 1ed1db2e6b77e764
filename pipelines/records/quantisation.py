"""Voxel values as int16 codes: `value = code * slope + intercept`, per channel.

Whole numbers that span no more than int16 does are stored exactly: slope 1, and
intercept 0 unless only an offset makes them fit. All other channels are quantised over
the 0.01 to 99.99 percentiles of their foreground; the code -32768 is then kept for the
fill value. With `lowest` and `highest` those percentiles, a foreground value v decodes
(in float32, subnormal numbers apart) to within

    slope / 2 + 2**-22 * max(|lowest|, |highest|)

of v clipped to lowest..highest: half a step, and four roundings to float32. The fill
value always decodes exactly, and no other voxel gets its code, nor a code that decodes
to it, so that decoded values tell the foreground too: a voxel that would is moved on,
to within a whole step.
"""

from dataclasses import dataclass

import numpy as np

LOWEST_SHARE, HIGHEST_SHARE = 0.0001, 0.9999
FILL_CODE = -32768
_LARGEST_CODE = 32767
_EXACT_IN_FLOAT32 = 2**24


@dataclass(frozen=True, kw_only=True, eq=False)
class Codes:
    """A volume as int16, with what decodes it.

    Args:
        codes: int16 `[D, H, W, C]`.
        slope, intercept, fill: float32 `[C]`.
        fill_code: int16 `[C]`; the code of voxels that hold the fill value.
        clipped: per channel, voxels beyond the percentiles.
    """

    codes: np.ndarray
    slope: np.ndarray
    intercept: np.ndarray
    fill: np.ndarray
    fill_code: np.ndarray
    clipped: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Channel:
    codes: np.ndarray
    slope: float = 1.0
    intercept: float = 0.0
    fill_code: int
    clipped: int = 0


def quantise(voxels: np.ndarray, fill: tuple[float, ...]) -> Codes:
    """Codes of `voxels`, the same on every machine.

    Args:
        voxels: `[D, H, W, C]`, integer or float32, finite.
        fill: per channel, the value of voxels that are not foreground.

    Raises:
        ValueError: a voxel or a fill value that is not finite.
    """
    if not (np.isfinite(voxels).all() and np.isfinite(fill).all()):
        raise ValueError(
            "voxels and fill must be finite to be stored. "
            f"Received: {np.count_nonzero(~np.isfinite(voxels))} voxels that are not, "
            f"fill={fill}"
        )
    channels = [
        _exact(voxels[..., c], value) or _lossy(voxels[..., c], value)
        for c, value in enumerate(fill)
    ]
    return Codes(
        codes=np.stack([channel.codes for channel in channels], axis=-1),
        slope=np.array([channel.slope for channel in channels], np.float32),
        intercept=np.array([channel.intercept for channel in channels], np.float32),
        fill=np.array(fill, np.float32),
        fill_code=np.array([channel.fill_code for channel in channels], np.int16),
        clipped=tuple(channel.clipped for channel in channels),
    )


def decode(codes: Codes) -> np.ndarray:
    """The values that `codes` stand for: float32 `[D, H, W, C]`."""
    values = codes.codes.astype(np.float32) * codes.slope + codes.intercept
    return np.where(codes.codes == codes.fill_code, codes.fill, values)


def _exact(voxels: np.ndarray, fill: float) -> _Channel | None:
    """The channel with slope 1, where its values are whole numbers that fit."""
    lowest = min(float(voxels.min()), fill)
    highest = max(float(voxels.max()), fill)
    whole = voxels.dtype.kind in "iu" or np.array_equal(voxels, np.rint(voxels))
    if not whole or not float(fill).is_integer():
        return None
    if max(-lowest, highest) > _EXACT_IN_FLOAT32 or highest - lowest > 65535:
        return None
    fits = lowest >= FILL_CODE and highest <= _LARGEST_CODE
    intercept = 0 if fits else int(lowest) - FILL_CODE
    shifted = voxels if intercept == 0 else voxels.astype(np.int32) - intercept
    return _Channel(
        codes=shifted.astype(np.int16),
        intercept=float(intercept),
        fill_code=int(fill) - intercept,
    )


def _lossy(voxels: np.ndarray, fill: float) -> _Channel:
    """The channel quantised over the percentiles of its foreground."""
    foreground = voxels != voxels.dtype.type(fill)
    values = voxels[foreground].astype(np.float64)
    codes = np.full(voxels.shape, FILL_CODE, np.int16)
    if values.size == 0:
        return _Channel(codes=codes, fill_code=FILL_CODE)
    lowest, highest = bounds(values)
    step = (highest - lowest) / (2 * _LARGEST_CODE)
    smallest = np.finfo(np.float32).tiny
    slope = float(np.float32(max(step, smallest))) if step > 0 else 1.0
    intercept = float(np.float32(lowest + (highest - lowest) / 2))
    steps = np.rint((values - intercept) / slope)
    steps = np.clip(steps, -_LARGEST_CODE, _LARGEST_CODE).astype(np.int16)
    codes[foreground] = _beside_fill(steps, values, slope, intercept, fill)
    return _Channel(
        codes=codes,
        slope=slope,
        intercept=intercept,
        fill_code=FILL_CODE,
        clipped=int(np.count_nonzero((values < lowest) | (values > highest))),
    )


def _beside_fill(
    codes: np.ndarray, values: np.ndarray, slope: float, intercept: float, fill: float
) -> np.ndarray:
    """Codes of foreground values, those that decode to the fill value moved off it."""
    every = np.arange(-_LARGEST_CODE, _LARGEST_CODE + 1, dtype=np.float32)
    decoded = every * np.float32(slope) + np.float32(intercept)
    first, beyond = (
        int(np.searchsorted(decoded, np.float32(fill), side=side)) - _LARGEST_CODE
        for side in ("left", "right")
    )
    taken = (codes >= first) & (codes < beyond)
    if not taken.any():
        return codes
    up = beyond <= _LARGEST_CODE and (
        (values > fill) | (first <= -_LARGEST_CODE)  # nothing is left below
    )
    moved = np.where(up, beyond, first - 1).astype(np.int16)
    return np.where(taken, moved, codes)


def bounds(values: np.ndarray) -> tuple[float, float]:
    """The 0.01 and 99.99 percentiles as members of `values`, rounded outwards.

    Order statistics, not interpolated: every NumPy gives the same.
    """
    first = int(np.floor(LOWEST_SHARE * (values.size - 1)))
    last = int(np.ceil(HIGHEST_SHARE * (values.size - 1)))
    ordered = np.partition(values, (first, last))
    return float(ordered[first]), float(ordered[last])
