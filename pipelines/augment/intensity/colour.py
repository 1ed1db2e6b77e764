"""Operations on three sequences seen as red, green and blue.

Each channel is scaled from its lowest and highest to 0 and 1, and back. The formulas
are those of Smith (Color gamut transform pairs, SIGGRAPH 1978). A sample of which a
channel does not vary has no colours and stays as it is.
"""

from typing import TYPE_CHECKING

from pipelines.augment.intensity.operation import Operation
from pipelines.errors import UsageError

if TYPE_CHECKING:
    import tensorflow as tf

    from pipelines.augment.intensity.image import Image

CHANNELS = 3


class ColourOperation(Operation):
    """An operation that has `recolour` in the place of `apply`."""

    def check(self, channels: int) -> None:
        """Raises a UsageError for another number of channels than three."""
        if channels != CHANNELS:
            raise UsageError(
                "hue, saturation and value are of three sequences, seen as red, green "
                f"and blue. Received: {channels}. Choose three, or set the "
                "chances of intensity.hue, saturation and value to 0"
            )

    def recolour(self, colours: "tf.Tensor", seed: "tf.Tensor") -> "tf.Tensor":
        """Other colours, `[N, H, W, 3]` within 0..1; the seed `[2]` decides."""
        raise NotImplementedError(
            f"{type(self).__name__} has no recolour(colours, seed)"
        )

    def apply(self, image: "Image", seed: "tf.Tensor") -> "Image":
        """The image in other colours, where every channel varies."""
        import tensorflow as tf

        span = image.highest - image.lowest
        scale = tf.math.divide_no_nan(tf.ones_like(span), span)

        def recoloured() -> tf.Tensor:
            shares = (image.rows - image.along(image.lowest)) * image.along(scale)
            _, height, width = image.rows.shape
            colours = tf.reshape(shares, [-1, height, width // CHANNELS, CHANNELS])
            rows = tf.reshape(self.recolour(colours, seed), tf.shape(image.rows))
            rows = image.along(image.lowest) + image.along(span) * rows
            return tf.ensure_shape(rows, image.rows.shape)

        complete = tf.reduce_all(image.varies > 0)
        return image._replace(rows=tf.cond(complete, recoloured, lambda: image.rows))
