"""Intensity normalisation in the TensorFlow graph: one code for training and serving.

Per volume and channel, from the foreground alone. Only kernels that stock TensorFlow
Serving has; H, W and C must be known, D need not be.
"""

from collections.abc import Callable
from typing import Literal, get_args

import tensorflow as tf

from pipelines.records.channel_arithmetic import (
    along_rows,
    as_rows,
    channel_square_sums,
    channel_sums,
)

Kind = Literal["zscore", "percentile", "equalise", "none"]

LOWER_SHARE, UPPER_SHARE = 0.01, 0.99
BINS = 256
CONSTANT_BELOW = 1e-5  # share of the mean; float32 sums can't tell less from nothing


def normalise(volume: tf.Tensor, foreground: tf.Tensor, kind: Kind) -> tf.Tensor:
    """Normalises each channel; what is not foreground becomes 0.

    With v a foreground value, and n foreground values in the channel:

    - `zscore`: (v - mean) / standard deviation (of the n values, divided by n).
    - `percentile`: v clipped to the 1st and 99th percentile (linear between order
      statistics, as `numpy.percentile`) and scaled from them to [0, 1].
    - `equalise`: histogram equalisation (Gonzalez and Woods, Digital Image
      Processing). 256 equal bins from minimum to maximum, the bin of v is
      b = min(floor(256 (v - minimum) / (maximum - minimum)), 255), and with the
      counts c_0..c_255 the result is (c_1 + ... + c_b) / (n - c_0), in [0, 1].
    - `none`: v itself.

    An absent channel (no foreground) is 0, and so is a constant one, except for
    `none`. For `zscore` constant means a deviation below 1e-5 of the mean. A voxel
    that is NaN or infinite counts as background.

    Args:
        volume: float32 `[D, H, W, C]`.
        foreground: bool, the same shape.
        kind: one of the four.

    Returns:
        float32 `[D, H, W, C]`.

    Raises:
        ValueError: another kind.
    """
    if kind not in get_args(Kind):
        raise ValueError(f"kind is one of {get_args(Kind)}. Received: {kind!r}")
    shape = volume.shape
    rows, foreground = as_rows(volume), as_rows(foreground)
    if kind == "zscore":
        rows = _zscore(rows, foreground, shape[-1])
    else:
        rows, foreground = _finite(rows, foreground)
        if kind == "none":
            rows = tf.where(foreground, rows, tf.zeros_like(rows))
        else:
            one_channel = _percentile if kind == "percentile" else _equalise
            rows = _by_channel(rows, foreground, shape[-1], one_channel)
    return tf.ensure_shape(tf.reshape(rows, [-1, *shape[1:]]), shape)


def _finite(rows: tf.Tensor, foreground: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Takes voxels that are no number out of the foreground, and makes them 0."""
    numbers = tf.math.is_finite(rows)
    return tf.where(numbers, rows, tf.zeros_like(rows)), foreground & numbers


def _zscore(rows: tf.Tensor, foreground: tf.Tensor, channels: int) -> tf.Tensor:
    """Two passes: the mean, then the deviations from it. Rows `[D, H, W * C]`."""
    inside = tf.cast(foreground, tf.float32)
    total = channel_sums(rows * inside, channels)

    def without() -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        numbers, kept = _finite(rows, foreground)
        weights = tf.cast(kept, tf.float32)
        return numbers, weights, channel_sums(numbers * weights, channels)

    all_finite = tf.reduce_all(tf.math.is_finite(total))
    rows, inside, total = tf.cond(all_finite, lambda: (rows, inside, total), without)
    width = rows.shape[2] // channels
    count = tf.maximum(channel_sums(inside, channels), 1)
    mean = total / count
    centred = (rows - along_rows(mean, width)) * inside
    deviation = tf.sqrt(channel_square_sums(centred, channels) / count)
    varies = deviation > CONSTANT_BELOW * tf.abs(mean)
    scale = tf.where(varies, 1 / deviation, tf.zeros_like(deviation))
    return centred * along_rows(scale, width)


def _by_channel(
    rows: tf.Tensor,
    foreground: tf.Tensor,
    channels: int,
    one_channel: Callable[[tf.Tensor, tf.Tensor], tf.Tensor],
) -> tf.Tensor:
    """Applies `one_channel(values [N], inside [N]) -> [N]` to each channel."""
    values = tf.unstack(tf.reshape(rows, [-1, channels]), channels, axis=-1)
    inside = tf.unstack(tf.reshape(foreground, [-1, channels]), channels, axis=-1)
    done = [one_channel(v, i) for v, i in zip(values, inside, strict=True)]
    return tf.stack(done, axis=-1)


def _percentile(values: tf.Tensor, inside: tf.Tensor) -> tf.Tensor:
    """Clips to the percentiles and scales to [0, 1]; `[N]` to `[N]`."""
    lower = -_upper_percentile(-values, inside, 1 - LOWER_SHARE)
    upper = _upper_percentile(values, inside, UPPER_SHARE)
    return _scaled(values, inside, lower, upper)


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


def _scaled(
    values: tf.Tensor, inside: tf.Tensor, lower: tf.Tensor, upper: tf.Tensor
) -> tf.Tensor:
    """(v - lower) / (upper - lower) within [0, 1]; 0 outside and where they meet."""
    span = upper - lower
    usable = tf.reduce_any(inside) & (span > 0)
    inverse = tf.where(usable, 1 / span, 0.0)
    lower = tf.where(usable, lower, 0.0)
    scaled = tf.clip_by_value((values - lower) * inverse, 0, 1)
    return scaled * tf.cast(inside, tf.float32)


def _equalise(values: tf.Tensor, inside: tf.Tensor) -> tf.Tensor:
    """Histogram equalisation to [0, 1]; `[N]` to `[N]`."""
    largest = values.dtype.max
    far = tf.fill(tf.shape(values), largest)
    lower = tf.reduce_min(tf.where(inside, values, far))
    upper = tf.reduce_max(tf.where(inside, values, -far))
    share = _scaled(values, inside, lower, upper)
    bins = tf.minimum(tf.cast(share * BINS, tf.int32), BINS - 1)
    outside = tf.fill(tf.shape(bins), BINS)
    bins = tf.where(inside, bins, outside)
    counts = tf.math.bincount(bins, minlength=BINS + 1, maxlength=BINS + 1)[:BINS]
    total = tf.cumsum(counts)
    above_first = tf.cast(total - total[0], tf.float32)
    levels = above_first / tf.maximum(above_first[-1], 1)
    return tf.gather(tf.concat([levels, [0.0]], axis=0), bins)
