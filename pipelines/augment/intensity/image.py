"""What an operation on intensities works on: rows, and what each channel spans."""

from typing import NamedTuple

import tensorflow as tf

from pipelines.records.channel_arithmetic import along_rows, as_rows


class Image(NamedTuple):
    """Slices as rows, see `pipelines.records.channel_arithmetic`.

    Args:
        rows: float32 `[N, H, W * C]`.
        lowest: of each channel, `[C]`: what stands for no signal.
        highest: of each channel, `[C]`.
        varies: 1 where a channel is neither absent nor constant, else 0; `[C]`.
        present: 1 where the sample has the channel, else 0; `[C]`.
    """

    rows: tf.Tensor
    lowest: tf.Tensor
    highest: tf.Tensor
    varies: tf.Tensor
    present: tf.Tensor

    @property
    def channels(self) -> int:
        return self.lowest.shape[0]

    @property
    def width(self) -> int:
        return self.rows.shape[2] // self.channels

    def along(self, values: tf.Tensor) -> tf.Tensor:
        """Channel values `[C]` for arithmetic with the rows."""
        return along_rows(values, self.width)

    def drawn(self, seed: tf.Tensor, limits: tuple[float, float]) -> tf.Tensor:
        """An even draw between two limits for each channel, float32 `[C]`."""
        return uniform(seed, limits, (self.channels,))


def of_volume(volume: tf.Tensor, present: tf.Tensor) -> Image:
    """Reads what the channels of a volume `[N, H, W, C]` span.

    Args:
        present: `[C]`.
    """
    channels = volume.shape[-1]
    rows = as_rows(volume)
    lowest, highest = (
        reduce(tf.reshape(reduce(reduce(rows, axis=1), axis=0), [-1, channels]), axis=0)
        for reduce in (tf.reduce_min, tf.reduce_max)
    )
    varies = tf.cast(lowest < highest, tf.float32)
    return Image(
        rows=rows, lowest=lowest, highest=highest, varies=varies, present=present
    )


def to_volume(image: Image) -> tf.Tensor:
    """`[N, H, W, C]`."""
    _, height, width = image.rows.shape
    shape = [-1, height, width // image.channels, image.channels]
    return tf.reshape(image.rows, shape)


def uniform(
    seed: tf.Tensor, limits: tuple[float, float], shape: tuple[int, ...] = ()
) -> tf.Tensor:
    """Even draws between two limits, float32."""
    return tf.random.stateless_uniform(shape, seed, *map(float, limits))
