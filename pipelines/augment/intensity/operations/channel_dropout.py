"""Sequences that go missing, so that a network learns to do without."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.augment.intensity.operation import Operation
from pipelines.errors import UsageError

if TYPE_CHECKING:
    import tensorflow as tf

    from pipelines.augment.intensity.image import Image


@dataclass(frozen=True, kw_only=True)
class ChannelDropout(Operation):
    """Each present channel goes missing with the chance, but never all of them.

    Args:
        chance: of every sequence to be missing: 0, and not present. One always
            stays.
    """

    STREAM = 101

    def check(self, channels: int) -> None:
        """Raises a UsageError for one channel alone."""
        if channels < 2:
            raise UsageError(
                "one sequence of several can go missing, and here is one alone. Set it "
                f"to 0. Received: intensity.channel_dropout_chance={self.chance}"
            )

    def vary(self, image: "Image", seed: "tf.Tensor") -> "Image":
        """The image with 0 in missing channels, which are not present any more."""
        import tensorflow as tf

        drawn = tf.random.stateless_uniform([image.channels], seed)
        stays = tf.argmax(
            tf.where(image.present > 0, drawn, -1.0), output_type=tf.int32
        )
        kept = (drawn >= self.chance) | (tf.range(image.channels) == stays)
        kept = tf.cast(kept, tf.float32)
        rows = tf.cond(
            tf.reduce_all(kept > 0),
            lambda: image.rows,
            lambda: image.rows * image.along(kept),
        )
        return image._replace(rows=rows, present=image.present * kept)
