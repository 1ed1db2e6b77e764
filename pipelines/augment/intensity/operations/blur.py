"""A Gaussian blur along height and width."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.augment.intensity.frequency import FrequencyOperation
from pipelines.augment.intensity.operation import LARGEST

if TYPE_CHECKING:
    import tensorflow as tf


@dataclass(frozen=True, kw_only=True)
class Blur(FrequencyOperation):
    """A Gaussian blur along height and width.

    Args:
        chance: of a Gaussian blur along height and width.
        voxels: its standard deviation, in voxels.
    """

    FIRST_DRAW = 0
    LIMITS = {"voxels": (0.0, LARGEST)}

    voxels: tuple[float, float] = (0.5, 1.0)

    def responses(
        self, sizes: tuple[int, int], seeds: "tf.Tensor"
    ) -> list["tf.Tensor"]:
        """The Fourier transform of one Gaussian."""
        from pipelines.augment.intensity.image import uniform
        from pipelines.augment.intensity.k_space import frequencies, gaussian

        voxels = uniform(seeds[0], self.voxels)
        return [gaussian(frequencies(size), voxels) for size in sizes]
