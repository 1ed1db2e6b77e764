"""A smooth field that multiplies the signal, as coils have it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.augment.intensity.operation import Operation

if TYPE_CHECKING:
    import tensorflow as tf

    from pipelines.augment.intensity.image import Image


_CONTROLS = 4  # of a cubic Bernstein polynomial


@dataclass(frozen=True, kw_only=True)
class BiasField(Operation):
    """`lowest + field (v - lowest)` with a smooth field around 1.

    The field is a cubic polynomial along each axis in Bernstein's form: a mean of 64
    controls with weights that add up to 1, so it never leaves their range, which is
    1 - strength to 1 + strength. No published model: as smooth as the polynomials of
    Styner et al. (2000, IEEE TMI 19:153), and positive without an exponential.

    Args:
        chance: of a smooth field, a cubic polynomial along each axis, that
            multiplies v - lowest; the same for all sequences.
        strength: the field lies within 1 - strength and 1 + strength.
    """

    STREAM = 4
    LIMITS = {"strength": (0.0, 0.99)}

    strength: tuple[float, float] = (0.0, 0.4)

    def apply(self, image: "Image", seed: "tf.Tensor") -> "Image":
        """Draws one field for all channels."""
        import tensorflow as tf

        from pipelines.augment.intensity.image import uniform

        by_strength, by_control = tf.unstack(
            tf.random.experimental.stateless_split(seed, 2)
        )
        strength = uniform(by_strength, self.strength)
        controls = strength * uniform(by_control, (-1.0, 1.0), (_CONTROLS,) * 3)
        size, height = tf.shape(image.rows)[0], image.rows.shape[1]
        planes = tf.einsum("za,abc->zbc", _bernstein(size), controls)
        lines = tf.einsum("yb,zbc->zyc", _bernstein(height), planes)
        along_width = tf.repeat(_bernstein(image.width), image.channels, axis=0)
        flat = tf.reshape(lines, [-1, _CONTROLS])
        deviation = tf.matmul(flat, along_width, transpose_b=True)
        signal = image.rows - image.along(image.lowest)
        rows = image.rows + signal * tf.reshape(deviation, tf.shape(signal))
        return image._replace(rows=tf.ensure_shape(rows, image.rows.shape))


def _bernstein(size: "int | tf.Tensor") -> "tf.Tensor":
    """The four cubic Bernstein polynomials at `size` places in 0..1: `[size, 4]`."""
    import tensorflow as tf

    place = tf.linspace(0.0, 1.0, size)
    other = 1 - place
    return tf.stack(
        [other**3, 3 * place * other**2, 3 * place**2 * other, place**3], axis=1
    )
