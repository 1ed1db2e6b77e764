"""Which slices of a volume a 2D network looks at, from the recipe and depth alone."""

import math

from pipelines.errors import DataError
from zoo.recipe import Slices


def candidates(depth: int, share: tuple[float, float]) -> range:
    """The slices within a share of the depth: every slice that it touches.

    The same that `pipelines.batches.draws` draws from in training.

    Args:
        depth: slices of the volume.
        share: from, to, within 0..1.

    >>> candidates(20, (0.1, 0.25))
    range(2, 5)
    """
    return range(math.floor(share[0] * depth), math.ceil(share[1] * depth))


def evaluated(depth: int, slices: Slices) -> tuple[int, ...]:
    """The slices that evaluation and serving look at, evenly spaced.

    Each stands in the middle of its equal part of the candidates.

    Raises:
        DataError: fewer candidates than `slices.evaluate`.

    >>> evaluated(20, Slices(evaluate=4))
    (2, 7, 12, 17)
    """
    within = candidates(depth, slices.depth)
    wanted = slices.evaluate or len(within)
    check_enough(wanted, within, "evaluate")
    return tuple(
        within[(2 * i + 1) * len(within) // (2 * wanted)] for i in range(wanted)
    )


def check_enough(wanted: int, within: range, name: str) -> None:
    """Raises a DataError if there are fewer slices `within` than `wanted`."""
    if wanted > len(within):
        raise DataError(
            f"slices.{name} wants {wanted} different slices and slices.depth leaves "
            f"{len(within)}. Lower slices.{name} or widen slices.depth"
        )
