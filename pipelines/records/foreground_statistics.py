"""Statistics of a volume's foreground, a channel: all that normalisation asks.

They are those of the decoded values (float32, as `quantisation.decode` gives them), so
a volume that comes without a record has the same. They are made from how often each
code occurs, in sums whose order is fixed, so that every machine finds the same bits.
"""

import math
from dataclasses import dataclass, fields

import numpy as np

from pipelines.records.quantisation import Codes

LOWER_SHARE, UPPER_SHARE = 0.01, 0.99
BINS = 256
INTEGERS = ("count", "histogram")
PREFIX = "foreground_"  # of the features of a record
SMALLEST_SPAN = float(np.finfo(np.float32).tiny)  # its inverse is finite
_SUMMANDS = 256  # partial sums


@dataclass(frozen=True, kw_only=True, eq=False)
class ForegroundStatistics:
    """What is known of a foreground; all 0 for a channel that has none.

    Args:
        count: voxels, int64 `[C]`.
        mean, deviation: float32 `[C]`; the deviation divides by the count.
        lower, upper: 1st and 99th percentile, linear between order statistics as
            `numpy.percentile`, float32 `[C]`.
        minimum, maximum: float32 `[C]`.
        histogram: voxels in each of 256 equal bins from minimum to maximum, int64
            `[C, 256]`; the levels of histogram equalisation follow from it.
    """

    count: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    minimum: np.ndarray
    maximum: np.ndarray
    histogram: np.ndarray


def of_codes(codes: Codes) -> ForegroundStatistics:
    """The statistics of what `codes` stand for."""
    channels = [
        _of_channel(*_occurring(codes, channel))
        for channel in range(codes.codes.shape[-1])
    ]
    return ForegroundStatistics(
        **{
            field.name: np.array(
                [channel[field.name] for channel in channels],
                np.int64 if field.name in INTEGERS else np.float32,
            )
            for field in fields(ForegroundStatistics)
        }
    )


def _occurring(codes: Codes, channel: int) -> tuple[np.ndarray, np.ndarray]:
    """The values that occur in a channel's foreground, ascending, and how often."""
    flat = codes.codes[..., channel].ravel()
    lowest = int(flat.min())
    counts = np.bincount(flat.astype(np.intp) - lowest)
    fill = int(codes.fill_code[channel]) - lowest
    if 0 <= fill < counts.size:
        counts[fill] = 0
    occur = np.flatnonzero(counts)
    values = (occur + lowest).astype(np.float32) * codes.slope[channel]
    return values + codes.intercept[channel], counts[occur]


def _of_channel(values: np.ndarray, counts: np.ndarray) -> dict:
    """Statistics by name, of ascending values (float32) and how often each occurs."""
    count = int(counts.sum())
    if count == 0:
        nothing = {field.name: 0 for field in fields(ForegroundStatistics)}
        return nothing | {"histogram": np.zeros(BINS)}
    exact = values.astype(np.float64)
    mean = _sum(exact * counts) / count
    return {
        "count": count,
        "mean": mean,
        "deviation": math.sqrt(_sum((exact - mean) ** 2 * counts) / count),
        "lower": -_upper_percentile(-values[::-1], counts[::-1], 1 - LOWER_SHARE),
        "upper": _upper_percentile(values, counts, UPPER_SHARE),
        "minimum": values[0],
        "maximum": values[-1],
        "histogram": _histogram(values, counts),
    }


def _sum(values: np.ndarray) -> float:
    """In an order that no machine and no version of NumPy changes."""
    rest = -len(values) % _SUMMANDS
    rows = np.concatenate([values, np.zeros(rest)]).reshape(-1, _SUMMANDS)
    partial = np.zeros(_SUMMANDS)
    for row in rows:
        partial += row
    return math.fsum(partial)


def _upper_percentile(
    values: np.ndarray, counts: np.ndarray, share: float
) -> np.float32:
    """Linear between the order statistics beside it, in float32."""
    place = (int(counts.sum()) - 1) * share
    below = math.floor(place)
    part = np.float32(place - below)
    ends = np.cumsum(counts)
    at_below, at_above = (
        values[min(np.searchsorted(ends, rank, side="right"), len(values) - 1)]
        for rank in (below, below + 1)
    )
    return at_below + part * (at_above - at_below)


def _histogram(values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Counts `[256]` of equal bins from minimum to maximum: float32, as in a graph."""
    span = values[-1] - values[0]
    inverse = np.float32(1) / span if span >= SMALLEST_SPAN else np.float32(0)
    share = (values - values[0]) * inverse
    bins = np.minimum((share * np.float32(BINS)).astype(np.int32), BINS - 1)
    return np.bincount(bins, weights=counts, minlength=BINS).astype(np.int64)
