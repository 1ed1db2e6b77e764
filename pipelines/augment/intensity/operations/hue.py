"""Another hue of three sequences seen as red, green and blue."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.augment.intensity.colour import ColourOperation

if TYPE_CHECKING:
    import tensorflow as tf


@dataclass(frozen=True, kw_only=True)
class Hue(ColourOperation):
    """Turns the hue by a share of the full circle.

    Args:
        chance: that the colours turn that three sequences make as red, green and
            blue, each scaled from its lowest and highest to 0 and 1; for saturation
            and value too. Three sequences exactly; samples that lack one stay.
        turn: share of the full circle.
    """

    STREAM = 1
    LIMITS = {"turn": (-0.5, 0.5)}

    turn: tuple[float, float] = (-0.1, 0.1)

    def recolour(self, colours: "tf.Tensor", seed: "tf.Tensor") -> "tf.Tensor":
        """Draws one turn for all voxels."""
        import tensorflow as tf

        from pipelines.augment.intensity.image import uniform

        return tf.image.adjust_hue(colours, uniform(seed, self.turn))
