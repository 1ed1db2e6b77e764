"""What acquisition and filters do in k-space: operations on frequencies at once.

Each multiplies the frequencies of height and of width by real numbers. The products
of all that happen to a sample are one response per axis, hence one circulant matrix
and one matrix product per axis, however many there are. Like a scanner's images, what
leaves at one border comes in at the other.
"""

import math
from collections.abc import Sequence

import tensorflow as tf

from pipelines.augment.intensity.frequency import FrequencyOperation
from pipelines.augment.intensity.image import Image


def vary(
    image: Image, seed: tf.Tensor, operations: Sequence[FrequencyOperation]
) -> Image:
    """Draws what happens to height and width, and does it at once.

    Args:
        seed: `[2]`, of the stream that the operations share.
    """
    by_chance, by_amount = tf.unstack(tf.random.experimental.stateless_split(seed, 2))
    happens = [
        _draw_of_chance(operation, by_chance) < operation.chance
        for operation in operations
    ]

    def changed() -> tf.Tensor:
        height, width = _responses(image, by_amount, operations, happens)
        return _multiplied(image, _circulant(height), _circulant(width))

    rows = tf.cond(tf.reduce_any(happens), changed, lambda: image.rows)
    return image._replace(rows=tf.ensure_shape(rows, image.rows.shape))


def _draw_of_chance(operation: FrequencyOperation, seed: tf.Tensor) -> tf.Tensor:
    """A number of 0..1: the operation's own place in a row of draws."""
    return tf.random.stateless_uniform([operation.FIRST_DRAW + 1], seed)[-1]


def _responses(
    image: Image,
    seed: tf.Tensor,
    operations: Sequence[FrequencyOperation],
    happens: Sequence[tf.Tensor],
) -> tuple[tf.Tensor, tf.Tensor]:
    """Of height and of width: what each frequency is multiplied by, `[H]`, `[W]`."""
    sizes = (image.rows.shape[1], image.width)
    height, width = (tf.ones([size]) for size in sizes)
    for operation, operation_happens in zip(operations, happens, strict=True):
        places = operation.FIRST_DRAW + operation.DRAWS
        seeds = tf.random.experimental.stateless_split(seed, places)
        responses = operation.responses(sizes, seeds[operation.FIRST_DRAW :])
        along_height, along_width = responses
        height *= tf.where(operation_happens, along_height, 1.0)
        width *= tf.where(operation_happens, along_width, 1.0)
    return height, width


def lines(size: int) -> tf.Tensor:
    """Distance of each line of k-space from its centre: 0, 1, 2, …, 2, 1; int32."""
    line = tf.range(size)
    return tf.minimum(line, size - line)


def frequencies(size: int) -> tf.Tensor:
    """Of each line of k-space, in cycles a voxel: `[size]`, 0 to 1/2."""
    return tf.cast(lines(size), tf.float32) / size


def gaussian(frequency: tf.Tensor, deviation: tf.Tensor | float) -> tf.Tensor:
    """The Fourier transform of a Gaussian: cycles a voxel, deviation in voxels."""
    return tf.exp(-2 * (math.pi * deviation * frequency) ** 2)


def _circulant(response: tf.Tensor) -> tf.Tensor:
    """The matrix that multiplies a signal's frequencies by a symmetric response.

    Its first row is the response's inverse Fourier transform, of cosines alone.

    Args:
        response: `[size]`.

    Returns:
        `[size, size]`, symmetric.
    """
    size = response.shape[0]
    places = tf.range(size)
    turns = tf.cast(places[:, tf.newaxis] * places % size, tf.float32) / size
    row = tf.linalg.matvec(tf.cos(2 * math.pi * turns), response) / size
    return tf.gather(row, tf.abs(places[:, tf.newaxis] - places))


def _multiplied(image: Image, height: tf.Tensor, width: tf.Tensor) -> tf.Tensor:
    """Rows with each column times `height` `[H, H]`, each line times `width` `[W, W]`.

    With channels before width both are products of large matrices.
    """
    shape = [-1, image.rows.shape[1], image.width, image.channels]
    by_channel = tf.transpose(tf.reshape(image.rows, shape), [0, 1, 3, 2])
    width_lines = tf.matmul(tf.reshape(by_channel, [-1, image.width]), width)
    columns = tf.matmul(height, tf.reshape(width_lines, tf.shape(image.rows)))
    channels_last = tf.transpose(
        tf.reshape(columns, tf.shape(by_channel)), [0, 1, 3, 2]
    )
    return tf.reshape(channels_last, tf.shape(image.rows))
