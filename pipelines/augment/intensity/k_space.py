"""What acquisition and filters do in k-space: blur, sharpening, ringing, ghosts.

Each multiplies the frequencies of height and of width by real numbers. The products
of all that happen to a sample are one response per axis, hence one circulant matrix
and one matrix product per axis, however many there are. Like a scanner's images, what
leaves at one border comes in at the other.
"""

import math

import tensorflow as tf

from pipelines.augment.intensity.image import Image, uniform
from pipelines.augment.intensity.settings import Intensity

_SHARPENED_VOXELS = 1.0  # deviation of the blur whose loss sharpening makes up for


def filtered(image: Image, seed: tf.Tensor, settings: Intensity) -> Image:
    """Draws what happens to height and width, and does it at once.

    Args:
        image: any.
        seed: `[2]`.
        settings: with the chances and ranges of blur, sharpness, gibbs and ghosting.
    """
    chances = (
        settings.blur_chance,
        settings.sharpness_chance,
        settings.gibbs_chance,
        settings.ghosting_chance,
    )
    if not any(chances):
        return image
    by_chance, by_amount = tf.unstack(tf.random.experimental.stateless_split(seed, 2))
    drawn = tf.random.stateless_uniform([len(chances)], by_chance)
    happens = drawn < tf.constant(chances, tf.float32)

    def changed() -> tf.Tensor:
        height, width = _responses(image, by_amount, settings, happens)
        return _multiplied(image, _circulant(height), _circulant(width))

    rows = tf.cond(tf.reduce_any(happens), changed, lambda: image.rows)
    return image._replace(rows=tf.ensure_shape(rows, image.rows.shape))


def _responses(
    image: Image, seed: tf.Tensor, settings: Intensity, happens: tf.Tensor
) -> list[tf.Tensor]:
    """Of height and of width: what each frequency is multiplied by, `[size]`.

    Args:
        happens: blur, sharpness, gibbs, ghosting; bool `[4]`.
    """
    by_blur, by_gain, by_kept, by_strength, by_copies, by_axis = tf.unstack(
        tf.random.experimental.stateless_split(seed, 6)
    )
    blur = uniform(by_blur, settings.blur_voxels)
    gain = uniform(by_gain, settings.sharpness_gain)
    kept = uniform(by_kept, settings.gibbs_kept)
    strength = uniform(by_strength, settings.ghosting_strength)
    few, many = settings.ghosting_copies
    copies = tf.random.stateless_uniform([], by_copies, few, many + 1, tf.int32)
    ghostly = tf.random.stateless_uniform([], by_axis, 0, 2, tf.int32)
    responses = []
    for axis, size in enumerate((image.rows.shape[1], image.width)):
        line = _lines(size)
        frequency = tf.cast(line, tf.float32) / size
        ghosts = (line % copies == 0) & (line > 0) & (axis == ghostly)
        each = (
            _gaussian(frequency, blur),
            1 + gain * (1 - _gaussian(frequency, _SHARPENED_VOXELS)),
            tf.cast(frequency <= kept / 2, tf.float32),
            1 - strength * tf.cast(ghosts, tf.float32),
        )
        kinds = tf.where(happens[:, tf.newaxis], tf.stack(each), 1.0)
        responses.append(tf.reduce_prod(kinds, axis=0))
    return responses


def _lines(size: int) -> tf.Tensor:
    """Distance of each line of k-space from its centre: 0, 1, 2, …, 2, 1."""
    line = tf.range(size)
    return tf.minimum(line, size - line)


def _gaussian(frequency: tf.Tensor, deviation: tf.Tensor | float) -> tf.Tensor:
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
    apart = tf.transpose(tf.reshape(image.rows, shape), [0, 1, 3, 2])
    lines = tf.matmul(tf.reshape(apart, [-1, image.width]), width)
    columns = tf.matmul(height, tf.reshape(lines, tf.shape(image.rows)))
    back = tf.transpose(tf.reshape(columns, tf.shape(apart)), [0, 1, 3, 2])
    return tf.reshape(back, tf.shape(image.rows))
