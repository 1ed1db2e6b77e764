"""Gaussian noise."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.augment.intensity.operation import LARGEST, Operation

if TYPE_CHECKING:
    import tensorflow as tf

    from pipelines.augment.intensity.image import Image


@dataclass(frozen=True, kw_only=True)
class Noise(Operation):
    """Adds independent Gaussian noise to every voxel.

    Args:
        chance: of Gaussian noise.
        deviation: its standard deviation.
    """

    STREAM = 7
    LIMITS = {"deviation": (0.0, LARGEST)}

    deviation: tuple[float, float] = (0.0, 0.1)

    def apply(self, image: "Image", seed: "tf.Tensor") -> "Image":
        """Draws a deviation for each channel, and the noise."""
        import tensorflow as tf

        from pipelines.augment.intensity.box_muller import normal

        by_deviation, by_noise = tf.unstack(
            tf.random.experimental.stateless_split(seed, 2)
        )
        drawn = image.drawn(by_deviation, self.deviation)
        noise = normal(tf.shape(image.rows), by_noise)
        deviation = image.along(drawn * image.varies)
        rows = tf.ensure_shape(image.rows + noise * deviation, image.rows.shape)
        return image._replace(rows=rows)
