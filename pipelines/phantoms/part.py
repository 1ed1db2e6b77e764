"""The stacks of a phantom series as a scanner stores them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from pipelines.phantoms import vendors
from pipelines.phantoms.protocols import Protocol, Weighting
from pipelines.phantoms.stack import Stack


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """One stack of one series with one diffusion weighting, if any."""

    stack: Stack
    plane: str
    weighting: Weighting | None
    stored: vendors.Stored

    @property
    def b_value(self) -> int | None:
        """In s/mm2; none without diffusion weighting."""
        return None if self.weighting is None else self.weighting.b_value


@dataclass(frozen=True, kw_only=True)
class Gain:
    """How a series is stored.

    Args:
        liver: stored value that 1 becomes.
        slope: RescaleSlope; none = the vendor has none.
    """

    liver: float
    slope: float | None


def draw_gain(
    vendor: vendors.Vendor, protocol: Protocol, generator: np.random.Generator
) -> Gain:
    """Draws what a series is stored by."""
    liver = float(generator.uniform(*vendor.liver))
    slope = None
    if vendor.slopes and not protocol.diffusion_map:
        slope = round(float(generator.uniform(*vendor.slopes)), 4)
    return Gain(liver=1.0 if protocol.diffusion_map else liver, slope=slope)


def stored_parts(
    pictures: Iterable[np.ndarray],
    protocol: Protocol,
    plane: str,
    stack: Stack,
    *,
    vendor: vendors.Vendor,
    gain: Gain,
) -> list[Part]:
    """The pictures of a stack as a scanner stores them, by weighting."""
    return [
        Part(
            stack=stack,
            plane=plane,
            weighting=weighting,
            stored=vendors.stored(picture, vendor, liver=gain.liver, slope=gain.slope),
        )
        for picture, weighting in zip(pictures, protocol.weightings or (None,))
    ]
