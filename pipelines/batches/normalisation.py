"""Intensity normalisation in the TensorFlow graph: one code for training and serving.

Per volume and channel, from the foreground alone. Statistics come first, from a record
or from the voxels; then every voxel is mapped by itself, so that a record's codes are
decoded and normalised in one step, and only where they are wanted. Only kernels that
stock TensorFlow Serving has; H, W and C must be known, D need not be.
"""

from collections.abc import Sequence
from typing import Literal, get_args

import tensorflow as tf

from pipelines.batches import graph_statistics
from pipelines.batches.graph_statistics import Statistics, bins_of, inverse_span
from pipelines.records.channel_arithmetic import along_rows, as_rows
from pipelines.records.decode import is_foreground, values_of
from pipelines.records.foreground_statistics import BINS, SMALLEST_SPAN

Kind = Literal["zscore", "percentile", "equalise", "none"]

CONSTANT_BELOW = 1e-5  # share of the mean; less is rounding and no image


def normalise(
    volume: tf.Tensor,
    foreground: tf.Tensor,
    kind: Kind,
    statistics: Statistics | None = None,
) -> tf.Tensor:
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
    `none`. For `zscore` constant means a deviation of at most 1e-5 of the mean. A voxel
    that is NaN or infinite counts as background.

    Args:
        volume: float32 `[D, H, W, C]`.
        foreground: bool, the same shape.
        kind: one of the four.
        statistics: of the foreground, see `graph_statistics.computed`; none = computed
            here.

    Returns:
        float32 `[D, H, W, C]`.

    Raises:
        ValueError: another kind.
    """
    _check(kind)
    numbers = tf.math.is_finite(volume)
    foreground = foreground & numbers
    volume = tf.where(numbers, volume, tf.zeros_like(volume))
    if statistics is None:
        statistics = graph_statistics.computed(volume, foreground, kind)
    return _mapped(volume, foreground, voxel_map(statistics, kind), kind)


def stored(
    record: dict[str, tf.Tensor], channels: Sequence[int], kind: Kind
) -> dict[str, tf.Tensor]:
    """What of a record gives its normalised volume: half the bytes of that.

    Args:
        record: of `pipelines.records.decode.parser`.
        channels: places in the record, in the order wanted.

    Returns:
        `codes` (int16 `[D, H, W, C]`), `fill_code` (int16 `[C]`), `slope` and
        `intercept` `[C]`, and what `voxel_map` gives.

    Raises:
        ValueError: another kind.
    """
    _check(kind)
    coding = ("codes", "fill_code", "slope", "intercept")
    codes, fill_code, slope, intercept = (
        chosen(record[name], channels) for name in coding
    )

    def computed() -> Statistics:
        # Decoded here, not taken from the record: it would be decoded in any case.
        values = values_of(record["codes"], record["slope"], record["intercept"])
        foreground = is_foreground(record["codes"], record["fill_code"])
        of_volume = graph_statistics.computed(values, foreground, kind)
        return {  # as lists, as a record has them
            name: tf.reshape(value, [-1]) for name, value in of_volume.items()
        }

    statistics = {
        name: tf.gather(value, channels)
        for name, value in graph_statistics.recorded(record, kind, computed).items()
    }
    return {
        "codes": codes,
        "fill_code": fill_code,
        "slope": slope,
        "intercept": intercept,
        **voxel_map(statistics, kind),
    }


def normalised(sample: dict[str, tf.Tensor], kind: Kind) -> tf.Tensor:
    """The normalised volume of what `stored` gave, see `normalise`.

    Args:
        sample: may hold other things too; of its `codes` slices may have been chosen,
            and their order turned: `[K, H, W, C]`.

    Returns:
        float32 `[K, H, W, C]`.
    """
    codes = sample["codes"]
    foreground = is_foreground(codes, sample["fill_code"])
    # Decoded first, so that a volume that is served as values gives the same bits.
    values = values_of(codes, sample["slope"], sample["intercept"])
    return _mapped(values, foreground, sample, kind)


def voxel_map(statistics: Statistics, kind: Kind) -> dict[str, tf.Tensor]:
    """By channel `[C]`, how a foreground value is mapped: what is constant ends here.

    `zscore` and `percentile`: `(v - centre) * scale`, the latter clipped to [0, 1];
    `equalise`: `levels[bin]`, see `graph_statistics.bins_of` of `centre` and `scale`.
    """
    if kind == "zscore":
        mean, deviation = statistics["mean"], statistics["deviation"]
        varies = deviation > tf.maximum(CONSTANT_BELOW * tf.abs(mean), SMALLEST_SPAN)
        scale = tf.where(varies, 1 / deviation, tf.zeros_like(deviation))
        return {"centre": mean, "scale": scale}
    if kind == "percentile":
        lower, upper = statistics["lower"], statistics["upper"]
        return {"centre": lower, "scale": inverse_span(lower, upper)}
    if kind == "equalise":
        lowest, highest = statistics["minimum"], statistics["maximum"]
        scale = inverse_span(lowest, highest)
        levels = _levels(statistics["histogram"])
        return {"centre": lowest, "scale": scale, "levels": levels}
    return {}


def _levels(histogram: tf.Tensor) -> tf.Tensor:
    """Where equalisation takes the values of each bin: `[C, 256]` counts to 0..1."""
    total = tf.cumsum(histogram, axis=1)
    above_first = tf.cast(total - total[:, :1], tf.float32)
    return above_first / tf.maximum(above_first[:, -1:], 1)


def chosen(tensor: tf.Tensor, channels: Sequence[int]) -> tf.Tensor:
    """Those channels of the last axis; the tensor itself where they are all of it."""
    if tuple(channels) == tuple(range(tensor.shape[-1])):
        return tensor
    return tf.gather(tensor, channels, axis=-1)


def _check(kind: str) -> None:
    if kind not in get_args(Kind):
        raise ValueError(f"kind is one of {get_args(Kind)}. Received: {kind!r}")


def _mapped(
    values: tf.Tensor, foreground: tf.Tensor, by_channel: dict, kind: Kind
) -> tf.Tensor:
    """Values `[D, H, W, C]`, each mapped; 0 where there is no foreground."""
    width, channels = values.shape[2:]
    rows = as_rows(values)
    along = {
        name: along_rows(by_channel[name], width)
        for name in ("centre", "scale")
        if name in by_channel
    }
    if kind == "equalise":
        bins = bins_of(rows, along["centre"], along["scale"])
        first = along_rows(tf.range(channels) * BINS, width)
        rows = tf.gather(tf.reshape(by_channel["levels"], [-1]), bins + first)
        # The bins of a constant channel are all the first one, whose level is 0.
    elif kind != "none":
        rows = (rows - along["centre"]) * along["scale"]
    if kind == "percentile":
        rows = tf.raw_ops.ClipByValue(t=rows, clip_value_min=0.0, clip_value_max=1.0)
    rows *= tf.cast(as_rows(foreground), tf.float32)
    return tf.ensure_shape(tf.reshape(rows, tf.shape(values)), values.shape)
