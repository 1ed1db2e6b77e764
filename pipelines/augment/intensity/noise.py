"""Noise of the receiver. Each takes an image, a seed `[2]` and settings.

A channel that does not vary comes out as it was.
"""

import math

import tensorflow as tf

from pipelines.augment.intensity.image import Image, uniform
from pipelines.augment.intensity.settings import Intensity


def gaussian(image: Image, seed: tf.Tensor, settings: Intensity) -> Image:
    """Adds independent Gaussian noise to every voxel."""
    by_deviation, by_noise = tf.unstack(tf.random.experimental.stateless_split(seed, 2))
    drawn = uniform(by_deviation, settings.noise_deviation, (image.channels,))
    noise = normal(tf.shape(image.rows), by_noise)
    deviation = image.along(drawn * image.varies)
    rows = tf.ensure_shape(image.rows + noise * deviation, image.rows.shape)
    return image._replace(rows=rows)


def rician(image: Image, seed: tf.Tensor, settings: Intensity) -> Image:
    """The magnitude of a signal with Gaussian noise in both receive channels.

    `|s + n1 + i n2|` with the signal s above the lowest intensity (Gudbjartsson and
    Patz, 1995, Magn Reson Med 34:910). The two noises are a radius r and an angle a
    (Box and Muller), so that is `sqrt(s^2 + 2 s r cos a + r^2)`.
    """
    by_deviation, by_noise = tf.unstack(tf.random.experimental.stateless_split(seed, 2))
    drawn = uniform(by_deviation, settings.rician_deviation, (image.channels,))
    radius, angle = _polar(tf.shape(image.rows), by_noise)
    radius *= image.along(drawn * image.varies)
    signal = image.rows - image.along(image.lowest)
    square = signal * (signal + 2 * radius * tf.cos(angle)) + radius * radius
    magnitude = tf.sqrt(tf.maximum(square, 0))
    rows = tf.ensure_shape(image.along(image.lowest) + magnitude, image.rows.shape)
    return image._replace(rows=rows)


def normal(shape: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Standard normal draws by the method of Box and Muller (1958); float32.

    On vectors it takes half the time of `tf.random.stateless_normal`.
    """
    total = tf.reduce_prod(shape)
    radius, angle = _polar([(total + 1) // 2], seed)
    pairs = tf.concat([radius * tf.cos(angle), radius * tf.sin(angle)], axis=0)
    return tf.reshape(pairs[:total], shape)


def _polar(shape: tf.Tensor, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Radius and angle of points whose coordinates are standard normal."""
    by_radius, by_angle = tf.unstack(tf.random.experimental.stateless_split(seed, 2))
    above_zero = 1 - tf.random.stateless_uniform(shape, by_radius)
    angle = tf.random.stateless_uniform(shape, by_angle, 0.0, 2 * math.pi)
    return tf.sqrt(-2 * tf.math.log(above_zero)), angle
