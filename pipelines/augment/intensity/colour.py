"""Hue, saturation and value of three sequences seen as red, green and blue.

Each channel is scaled from its lowest and highest to 0 and 1, and back. The formulas
are those of Smith (Color gamut transform pairs, SIGGRAPH 1978). A sample of which a
channel does not vary has no colours and stays as it is.
"""

from collections.abc import Callable

import tensorflow as tf

from pipelines.augment.intensity.image import Image, uniform
from pipelines.augment.intensity.settings import Intensity

CHANNELS = 3


def hue(image: Image, seed: tf.Tensor, settings: Intensity) -> Image:
    """Turns the hue by a share of the full circle."""
    turn = uniform(seed, settings.hue_turn)
    return _coloured(image, lambda colours: tf.image.adjust_hue(colours, turn))


def saturation(image: Image, seed: tf.Tensor, settings: Intensity) -> Image:
    """Multiplies the saturation, at most to 1."""
    factor = uniform(seed, settings.saturation_factor)
    return _coloured(image, lambda colours: tf.image.adjust_saturation(colours, factor))


def value(image: Image, seed: tf.Tensor, settings: Intensity) -> Image:
    """Multiplies the value, the largest of the three, at most to 1."""
    factor = uniform(seed, settings.value_factor)

    def scaled(colours: tf.Tensor) -> tf.Tensor:
        largest = tf.reduce_max(colours, axis=-1, keepdims=True)
        possible = tf.math.divide_no_nan(tf.ones_like(largest), largest)
        return colours * tf.where(largest > 0, tf.minimum(factor, possible), 0.0)

    return _coloured(image, scaled)


def _coloured(image: Image, change: Callable[[tf.Tensor], tf.Tensor]) -> Image:
    """Applies `change` to `[N, H, W, 3]` within 0..1."""
    span = image.highest - image.lowest
    scale = tf.math.divide_no_nan(tf.ones_like(span), span)

    def changed() -> tf.Tensor:
        shares = (image.rows - image.along(image.lowest)) * image.along(scale)
        _, height, width = image.rows.shape
        colours = tf.reshape(shares, [-1, height, width // CHANNELS, CHANNELS])
        rows = tf.reshape(change(colours), tf.shape(image.rows))
        rows = image.along(image.lowest) + image.along(span) * rows
        return tf.ensure_shape(rows, image.rows.shape)

    complete = tf.reduce_all(image.varies > 0)
    return image._replace(rows=tf.cond(complete, changed, lambda: image.rows))
