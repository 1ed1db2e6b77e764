"""Faint copies of the body, as motion in regular phases leaves them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.augment.intensity.frequency import FrequencyOperation

if TYPE_CHECKING:
    import tensorflow as tf


@dataclass(frozen=True, kw_only=True)
class Ghosting(FrequencyOperation):
    """Weakens every n-th line of k-space along height or width, but not its centre.

    Args:
        chance: of faint copies of the body, shifted along height or width.
        strength: how much every n-th line of k-space is weakened; its centre
            is not.
        copies: that n, the number of copies, both limits included.
    """

    FIRST_DRAW = 3
    DRAWS = 3
    LIMITS = {"strength": (0.0, 1.0), "copies": (2, 1000)}

    strength: tuple[float, float] = (0.1, 0.4)
    copies: tuple[int, int] = (2, 5)

    def responses(
        self, sizes: tuple[int, int], seeds: "tf.Tensor"
    ) -> list["tf.Tensor"]:
        """1, and less at the weakened lines of the one axis that is drawn."""
        import tensorflow as tf

        from pipelines.augment.intensity.image import uniform
        from pipelines.augment.intensity.k_space import lines

        by_strength, by_copies, by_axis = tf.unstack(seeds)
        strength = uniform(by_strength, self.strength)
        few, many = self.copies
        copies = tf.random.stateless_uniform([], by_copies, few, many + 1, tf.int32)
        along = tf.random.stateless_uniform([], by_axis, 0, 2, tf.int32)
        responses = []
        for axis, size in enumerate(sizes):
            line = lines(size)
            weakened = (line % copies == 0) & (line > 0) & (axis == along)
            responses.append(1 - strength * tf.cast(weakened, tf.float32))
        return responses
