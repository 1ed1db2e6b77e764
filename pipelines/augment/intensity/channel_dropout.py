"""Sequences that go missing, so that a network learns to do without."""

import tensorflow as tf

from pipelines.augment.intensity.image import Image


def drop(
    image: Image, present: tf.Tensor, seed: tf.Tensor, chance: float
) -> tuple[Image, tf.Tensor]:
    """Each present channel goes missing with a chance, but never all of them.

    Args:
        image: C channels.
        present: `[C]`, 1 or 0.
        seed: `[2]`.
        chance: 0..1.

    Returns:
        The image with 0 in missing channels, and what is present now.
    """
    drawn = tf.random.stateless_uniform([image.channels], seed)
    stays = tf.argmax(tf.where(present > 0, drawn, -1.0), output_type=tf.int32)
    kept = (drawn >= chance) | (tf.range(image.channels) == stays)
    kept = tf.cast(kept, tf.float32)
    rows = tf.cond(
        tf.reduce_all(kept > 0),
        lambda: image.rows,
        lambda: image.rows * image.along(kept),
    )
    return image._replace(rows=rows), present * kept
