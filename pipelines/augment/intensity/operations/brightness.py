"""All voxels brighter or darker alike."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.augment.intensity.operation import LARGEST, Operation

if TYPE_CHECKING:
    import tensorflow as tf

    from pipelines.augment.intensity.image import Image


@dataclass(frozen=True, kw_only=True)
class Brightness(Operation):
    """`v + shift`.

    Args:
        chance: that all voxels become brighter or darker alike.
        shift: what is added.
    """

    STREAM = 6
    LIMITS = {"shift": (-LARGEST, LARGEST)}

    shift: tuple[float, float] = (-0.2, 0.2)

    def apply(self, image: "Image", seed: "tf.Tensor") -> "Image":
        """Draws a shift for each channel."""
        shift = image.drawn(seed, self.shift) * image.varies
        return image._replace(
            rows=image.rows + image.along(shift),
            lowest=image.lowest + shift,
            highest=image.highest + shift,
        )
