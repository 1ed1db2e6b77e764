"""What may happen to the geometry of a training volume: settings alone."""

from dataclasses import dataclass
from typing import Literal, get_args

Axis = Literal["depth", "height", "width"]
AXES: tuple[str, ...] = get_args(Axis)


@dataclass(frozen=True, kw_only=True)
class Spatial:
    """Random changes of geometry.

    Args:
        flip: axes of the volume that may be mirrored, each with a chance of one half.
            Off by default: left and right matter in the body.
    """

    flip: tuple[Axis, ...] = ()

    def __post_init__(self):
        unknown = {*self.flip} - {*AXES}
        if unknown:
            raise ValueError(
                f"axes to flip are {', '.join(AXES)}. "
                f"Received: {', '.join(sorted(unknown))}"
            )
