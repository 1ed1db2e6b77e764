"""Which slices lie within a share of the depth: for training and evaluation alike."""

import math

from pipelines.errors import UsageError

_DIGITS = 9  # 0.55 * 100 is 55.00000000000001 in floats, and means 55


def candidates(depth: int, share: tuple[float, float]) -> range:
    """The slices that a share of the depth touches; at least one.

    Args:
        depth: slices of the volume.
        share: from, to, within 0..1.

    >>> candidates(20, (0.1, 0.25))
    range(2, 5)
    """
    first = min(math.floor(round(share[0] * depth, _DIGITS)), depth - 1)
    stop = math.ceil(round(share[1] * depth, _DIGITS))
    return range(first, max(stop, first + 1))


def check_enough(wanted: int, within: range, name: str) -> None:
    """Raises a UsageError if there are fewer slices `within` than `wanted`.

    Args:
        within: as of `candidates`.
        name: of the field of the slices that asks for them.
    """
    if wanted > len(within):
        raise UsageError(
            f"slices.{name} wants {wanted} different slices and slices.depth leaves "
            f"{len(within)}. Lower slices.{name} or widen slices.depth"
        )
