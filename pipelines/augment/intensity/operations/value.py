"""Another value, the V of HSV, of three sequences seen as red, green and blue."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.augment.intensity.colour import ColourOperation
from pipelines.augment.intensity.operation import LARGEST

if TYPE_CHECKING:
    import tensorflow as tf


@dataclass(frozen=True, kw_only=True)
class Value(ColourOperation):
    """Multiplies the value, the largest of the three colours, at most to 1.

    Args:
        chance: of another value (the V of HSV).
        factor: of the value, at most to 1.
    """

    STREAM = 3
    LIMITS = {"factor": (0.0, LARGEST)}

    factor: tuple[float, float] = (0.7, 1.3)

    def recolour(self, colours: "tf.Tensor", seed: "tf.Tensor") -> "tf.Tensor":
        """Draws one factor for all voxels."""
        import tensorflow as tf

        from pipelines.augment.intensity.image import uniform

        factor = uniform(seed, self.factor)
        largest = tf.reduce_max(colours, axis=-1, keepdims=True)
        possible = tf.math.divide_no_nan(tf.ones_like(largest), largest)
        return colours * tf.where(largest > 0, tf.minimum(factor, possible), 0.0)
