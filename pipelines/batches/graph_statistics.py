"""Statistics of a foreground in the TensorFlow graph: from the record, or computed.

Volumes that come without a record and records of older versions have none. What is
computed here is what `pipelines.records.foreground_statistics` writes down, but for
the last bit of mean and deviation.
"""

from collections.abc import Callable

import tensorflow as tf

from pipelines.records.channel_arithmetic import (
    along_rows,
    as_rows,
    channel_square_sums,
    channel_sums,
)
from pipelines.records.foreground_statistics import (
    BINS,
    LOWER_SHARE,
    PREFIX,
    SMALLEST_SPAN,
    UPPER_SHARE,
)

Statistics = dict[str, tf.Tensor]
_MOMENTS = ("mean", "deviation")
_PERCENTILES = ("lower", "upper")
_HISTOGRAM = ("minimum", "maximum", "histogram")
WANTED = {
    "zscore": _MOMENTS,
    "percentile": _PERCENTILES,
    "equalise": _HISTOGRAM,
    "none": (),
}


def recorded(
    record: dict[str, tf.Tensor], kind: str, computed_instead: Callable[[], Statistics]
) -> Statistics:
    """The statistics that a kind of normalisation asks, of all channels of a record.

    Args:
        record: of `pipelines.records.decode.parser`.
        computed_instead: gives them where the record has none.

    Returns:
        See `computed`.
    """
    names = WANTED[kind]
    if not names:
        return {}
    stated = {name: record[f"{PREFIX}{name}"] for name in names}
    there = tf.size(stated[names[0]]) > 0
    # Shapes are put right behind the branches: TensorFlow's constant folding may run
    # what stands in the one that is not taken.
    statistics = tf.cond(there, lambda: stated, computed_instead)
    channels = record["slope"].shape[0]
    return {
        name: tf.reshape(statistics[name], [channels, *_beyond(name)]) for name in names
    }


def computed(volume: tf.Tensor, foreground: tf.Tensor, kind: str) -> Statistics:
    """The same of a volume itself.

    Args:
        volume: float32 `[D, H, W, C]`, finite.
        foreground: bool, the same shape.

    Returns:
        By name, those that the kind asks: `mean` and `deviation`; `lower` and `upper`;
        or `minimum` and `maximum` (float32 `[C]`) with `histogram` (int64 `[C, 256]`).
        All of them are 0 for a channel without foreground.
    """
    if kind == "zscore":
        return _moments(as_rows(volume), as_rows(foreground), volume.shape[-1])
    one_channel = {"percentile": _percentiles, "equalise": _histogram}.get(kind)
    if one_channel is None:
        return {}
    count = volume.shape[-1]
    values = tf.unstack(tf.reshape(volume, [-1, count]), count, axis=-1)
    inside = tf.unstack(tf.reshape(foreground, [-1, count]), count, axis=-1)
    channels = [one_channel(v, i) for v, i in zip(values, inside, strict=True)]
    return {
        name: tf.stack([channel[name] for channel in channels]) for name in WANTED[kind]
    }


def _beyond(name: str) -> list[int]:
    """Axes of a statistic beyond the channels."""
    return [BINS] if name == "histogram" else []


def _moments(rows: tf.Tensor, foreground: tf.Tensor, channels: int) -> Statistics:
    """Two passes in float64: the mean, then the deviations from it."""
    width = rows.shape[2] // channels
    inside, values = tf.cast(foreground, tf.float64), tf.cast(rows, tf.float64)
    count = tf.maximum(channel_sums(inside, channels), 1)
    mean = channel_sums(values * inside, channels) / count
    centred = (values - along_rows(mean, width)) * inside
    variance = channel_square_sums(centred, channels) / count
    return {
        "mean": tf.cast(mean, tf.float32),
        "deviation": tf.cast(tf.sqrt(variance), tf.float32),
    }


def _percentiles(values: tf.Tensor, inside: tf.Tensor) -> Statistics:
    """Of one channel: `[N]` to scalars."""
    some = tf.reduce_any(inside)
    lower = -_upper_percentile(-values, inside, 1 - LOWER_SHARE)
    upper = _upper_percentile(values, inside, UPPER_SHARE)
    return {
        "lower": tf.where(some, lower, 0.0),
        "upper": tf.where(some, upper, 0.0),
    }


def _upper_percentile(values: tf.Tensor, inside: tf.Tensor, share: float) -> tf.Tensor:
    """The percentile from the few largest values: no full sort. Scalar."""
    count = tf.maximum(tf.math.count_nonzero(inside, dtype=tf.int32), 1)
    place = tf.cast(count - 1, tf.float64) * share  # among ascending order statistics
    below = tf.cast(tf.floor(place), tf.int32)
    part = tf.cast(place - tf.floor(place), tf.float32)
    kept = tf.where(inside, values, tf.fill(tf.shape(values), values.dtype.min))
    largest = tf.math.top_k(kept, k=count - below).values  # descending
    at_below = largest[count - 1 - below]
    at_above = largest[tf.maximum(count - 2 - below, 0)]
    return at_below + part * (at_above - at_below)


def _histogram(values: tf.Tensor, inside: tf.Tensor) -> Statistics:
    """Of one channel: `[N]` to two scalars and counts `[256]`."""
    some = tf.reduce_any(inside)
    far = tf.fill(tf.shape(values), values.dtype.max)
    lowest = tf.where(some, tf.reduce_min(tf.where(inside, values, far)), 0.0)
    highest = tf.where(some, tf.reduce_max(tf.where(inside, values, -far)), 0.0)
    bins = bins_of(values, lowest, inverse_span(lowest, highest))
    bins = tf.where(inside, bins, tf.fill(tf.shape(bins), BINS))
    counts = tf.math.bincount(bins, minlength=BINS + 1, maxlength=BINS + 1)[:BINS]
    histogram = tf.cast(counts, tf.int64)
    return {"minimum": lowest, "maximum": highest, "histogram": histogram}


def inverse_span(lowest: tf.Tensor, highest: tf.Tensor) -> tf.Tensor:
    """1 / (highest - lowest); 0 where they meet: of a constant channel, and of none."""
    span = highest - lowest
    return tf.where(span >= SMALLEST_SPAN, 1 / span, tf.zeros_like(span))


def bins_of(values: tf.Tensor, lowest: tf.Tensor, inverse: tf.Tensor) -> tf.Tensor:
    """Which of 256 equal bins from `lowest` on: int32 0 to 255.

    Args:
        inverse: see `inverse_span`.
    """
    share = tf.clip_by_value((values - lowest) * inverse, 0, 1)
    return tf.minimum(tf.cast(share * BINS, tf.int32), BINS - 1)
