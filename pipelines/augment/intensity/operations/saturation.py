"""Another saturation of three sequences seen as red, green and blue."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.augment.intensity.colour import ColourOperation
from pipelines.augment.intensity.operation import LARGEST

if TYPE_CHECKING:
    import tensorflow as tf


@dataclass(frozen=True, kw_only=True)
class Saturation(ColourOperation):
    """Multiplies the saturation, at most to 1.

    Args:
        chance: of another saturation.
        factor: of the saturation, at most to 1.
    """

    STREAM = 2
    LIMITS = {"factor": (0.0, LARGEST)}

    factor: tuple[float, float] = (0.7, 1.3)

    def recolour(self, colours: "tf.Tensor", seed: "tf.Tensor") -> "tf.Tensor":
        """Draws one factor for all voxels."""
        import tensorflow as tf

        from pipelines.augment.intensity.image import uniform

        return tf.image.adjust_saturation(colours, uniform(seed, self.factor))
