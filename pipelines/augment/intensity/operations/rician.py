"""Rician noise, that of magnitude images."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.augment.intensity.operation import LARGEST, Operation

if TYPE_CHECKING:
    import tensorflow as tf

    from pipelines.augment.intensity.image import Image


@dataclass(frozen=True, kw_only=True)
class Rician(Operation):
    """The magnitude of a signal with Gaussian noise in both receive channels.

    `|s + n1 + i n2|` with the signal s above the lowest intensity (Gudbjartsson and
    Patz, 1995, Magn Reson Med 34:910). The two noises are a radius r and an angle a
    (Box and Muller), so that is `sqrt(s^2 + 2 s r cos a + r^2)`.

    Args:
        chance: of Rician noise, that of magnitude images; the lowest intensity
            is the signal 0.
        deviation: standard deviation in each of the two receive channels.
    """

    STREAM = 8
    LIMITS = {"deviation": (0.0, LARGEST)}

    deviation: tuple[float, float] = (0.0, 0.1)

    def apply(self, image: "Image", seed: "tf.Tensor") -> "Image":
        """Draws a deviation for each channel, and the noise."""
        import tensorflow as tf

        from pipelines.augment.intensity.box_muller import polar

        by_deviation, by_noise = tf.unstack(
            tf.random.experimental.stateless_split(seed, 2)
        )
        drawn = image.drawn(by_deviation, self.deviation)
        radius, angle = polar(tf.shape(image.rows), by_noise)
        radius *= image.along(drawn * image.varies)
        signal = image.rows - image.along(image.lowest)
        square = signal * (signal + 2 * radius * tf.cos(angle)) + radius * radius
        magnitude = tf.sqrt(tf.maximum(square, 0))
        rows = tf.ensure_shape(image.along(image.lowest) + magnitude, image.rows.shape)
        return image._replace(rows=rows)
