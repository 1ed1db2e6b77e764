"""Ringing at edges (Gibbs), as too few lines of k-space leave it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.augment.intensity.frequency import FrequencyOperation

if TYPE_CHECKING:
    import tensorflow as tf


@dataclass(frozen=True, kw_only=True)
class Gibbs(FrequencyOperation):
    """Cuts off the outer part of k-space.

    Args:
        chance: of ringing: the outer part of k-space is cut off.
        kept: share of k-space that is kept, of height and of width.
    """

    FIRST_DRAW = 2
    LIMITS = {"kept": (0.1, 1.0)}

    kept: tuple[float, float] = (0.5, 0.9)

    def responses(
        self, sizes: tuple[int, int], seeds: "tf.Tensor"
    ) -> list["tf.Tensor"]:
        """1 within the kept share, 0 outside."""
        import tensorflow as tf

        from pipelines.augment.intensity.image import uniform
        from pipelines.augment.intensity.k_space import frequencies

        kept = uniform(seeds[0], self.kept)
        return [tf.cast(frequencies(size) <= kept / 2, tf.float32) for size in sizes]
