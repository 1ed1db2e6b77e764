"""Sharpening along height and width."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.augment.intensity.frequency import FrequencyOperation
from pipelines.augment.intensity.operation import LARGEST

if TYPE_CHECKING:
    import tensorflow as tf


_SHARPENED_VOXELS = 1.0  # deviation of the blur whose loss sharpening makes up for


@dataclass(frozen=True, kw_only=True)
class Sharpness(FrequencyOperation):
    """Adds a share of what a Gaussian blur of one voxel takes away.

    Args:
        chance: of sharpening along height and width.
        gain: how much of what a blur of one voxel takes away is added.
    """

    FIRST_DRAW = 1
    LIMITS = {"gain": (0.0, LARGEST)}

    gain: tuple[float, float] = (0.0, 1.0)

    def responses(
        self, sizes: tuple[int, int], seeds: "tf.Tensor"
    ) -> list["tf.Tensor"]:
        """1, and the gain times what the blur lacks of 1."""
        from pipelines.augment.intensity.image import uniform
        from pipelines.augment.intensity.k_space import frequencies, gaussian

        gain = uniform(seeds[0], self.gain)
        return [
            1 + gain * (1 - gaussian(frequencies(size), _SHARPENED_VOXELS))
            for size in sizes
        ]
