"""More or less contrast."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.augment.intensity.operation import LARGEST, Operation

if TYPE_CHECKING:
    import tensorflow as tf

    from pipelines.augment.intensity.image import Image


@dataclass(frozen=True, kw_only=True)
class Contrast(Operation):
    """`mean + factor (v - mean)`, with the mean of all the channel's voxels.

    Args:
        chance: that v - mean is multiplied.
        factor: above 1 = more contrast.
    """

    STREAM = 5
    LIMITS = {"factor": (0.0, LARGEST)}

    factor: tuple[float, float] = (0.75, 1.25)

    def apply(self, image: "Image", seed: "tf.Tensor") -> "Image":
        """Draws a factor for each channel."""
        import tensorflow as tf

        from pipelines.records.channel_arithmetic import channel_sums

        drawn = image.drawn(seed, self.factor)
        factor = tf.where(image.varies > 0, drawn, 1.0)
        voxels = tf.cast(tf.size(image.rows) // image.channels, tf.float32)
        mean = channel_sums(image.rows, image.channels) / voxels
        shift = mean * (1 - factor)
        return image._replace(
            rows=image.rows * image.along(factor) + image.along(shift),
            lowest=image.lowest * factor + shift,
            highest=image.highest * factor + shift,
        )
