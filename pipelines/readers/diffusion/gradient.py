"""The diffusion gradient of an image, and which gradients are one."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

NO_GRADIENT_BELOW = 0.5  # s/mm2: Philips numbers its images at 0 by 0.001, 0.002 …
_SAME_DIRECTION = 0.02  # chord of unit vectors, about a degree


@dataclass(frozen=True, kw_only=True)
class Gradient:
    """The diffusion gradient of an image.

    Args:
        kind: none (b = 0), directional, or isotropic: the image is a trace.
        vector: of a directional one, as its source writes it: in DICOM in axes of the
            patient (LPS), but with GE in those of the image; of NIfTI in those of the
            voxels. Only angles between vectors of one source count.
        number: of a directional one, where the header has no more than that.
    """

    kind: Literal["none", "directional", "isotropic"]
    vector: tuple[float, float, float] | None = None
    number: int | None = None


def same_gradient(one: Gradient | None, other: Gradient | None) -> bool:
    """Whether two gradients are one, to a degree."""
    if one is None or other is None or one.vector is None or other.vector is None:
        return one == other
    return math.dist(one.vector, other.vector) <= _SAME_DIRECTION


def different(gradients: Iterable[Gradient | None]) -> list[Gradient | None]:
    """The first of each of several that are one."""
    kept: list[Gradient | None] = []
    for gradient in gradients:
        if not any(same_gradient(gradient, other) for other in kept):
            kept.append(gradient)
    return kept
