"""Which slices lie within a share of the depth: for training and evaluation alike."""

import math

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
