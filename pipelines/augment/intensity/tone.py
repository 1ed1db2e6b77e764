"""Changes of tone, voxel by voxel. Each takes an image, a seed `[2]` and settings.

A channel that does not vary comes out as it was.
"""

import tensorflow as tf

from pipelines.augment.intensity.image import Image, uniform
from pipelines.augment.intensity.settings import Intensity
from pipelines.records.channel_arithmetic import channel_sums

_CONTROLS = 4  # of a cubic Bernstein polynomial


def gamma(image: Image, seed: tf.Tensor, settings: Intensity) -> Image:
    """`lowest + span ((v - lowest) / span)^exponent`; the limits stay.

    The power is written as exp and log, which TensorFlow computes six times faster.
    """
    exponent = uniform(seed, settings.gamma_exponent, (image.channels,))
    span = image.highest - image.lowest
    share = (image.rows - image.along(image.lowest)) * image.along(
        tf.math.divide_no_nan(1.0, span)
    )
    power = tf.exp(image.along(exponent) * tf.math.log(share))
    rows = image.along(image.lowest) + image.along(span) * power
    return image._replace(rows=rows)


def contrast(image: Image, seed: tf.Tensor, settings: Intensity) -> Image:
    """`mean + factor (v - mean)`, with the mean of all the channel's voxels."""
    drawn = uniform(seed, settings.contrast_factor, (image.channels,))
    factor = tf.where(image.varies > 0, drawn, 1.0)
    voxels = tf.cast(tf.size(image.rows) // image.channels, tf.float32)
    mean = channel_sums(image.rows, image.channels) / voxels
    shift = mean * (1 - factor)
    return image._replace(
        rows=image.rows * image.along(factor) + image.along(shift),
        lowest=image.lowest * factor + shift,
        highest=image.highest * factor + shift,
    )


def brightness(image: Image, seed: tf.Tensor, settings: Intensity) -> Image:
    """`v + shift`."""
    shift = uniform(seed, settings.brightness_shift, (image.channels,)) * image.varies
    return image._replace(
        rows=image.rows + image.along(shift),
        lowest=image.lowest + shift,
        highest=image.highest + shift,
    )


def bias_field(image: Image, seed: tf.Tensor, settings: Intensity) -> Image:
    """`lowest + field (v - lowest)` with a smooth field around 1, as coils have.

    The field is a cubic polynomial along each axis in Bernstein's form: a mean of 64
    controls with weights that add up to 1, so it never leaves their range, which is
    1 - strength to 1 + strength. No published model: as smooth as the polynomials of
    Styner et al. (2000, IEEE TMI 19:153), and positive without an exponential.
    """
    by_strength, by_control = tf.unstack(
        tf.random.experimental.stateless_split(seed, 2)
    )
    strength = uniform(by_strength, settings.bias_field_strength)
    controls = strength * uniform(by_control, (-1.0, 1.0), (_CONTROLS,) * 3)
    size, height = tf.shape(image.rows)[0], image.rows.shape[1]
    planes = tf.einsum("za,abc->zbc", _bernstein(size), controls)
    lines = tf.einsum("yb,zbc->zyc", _bernstein(height), planes)
    along_width = tf.repeat(_bernstein(image.width), image.channels, axis=0)
    flat = tf.reshape(lines, [-1, _CONTROLS])
    deviation = tf.matmul(flat, along_width, transpose_b=True)
    signal = image.rows - image.along(image.lowest)
    rows = image.rows + signal * tf.reshape(deviation, tf.shape(signal))
    return image._replace(rows=tf.ensure_shape(rows, image.rows.shape))


def _bernstein(size: int | tf.Tensor) -> tf.Tensor:
    """The four cubic Bernstein polynomials at `size` places in 0..1: `[size, 4]`."""
    place = tf.linspace(0.0, 1.0, size)
    other = 1 - place
    return tf.stack(
        [other**3, 3 * place * other**2, 3 * place**2 * other, place**3], axis=1
    )
