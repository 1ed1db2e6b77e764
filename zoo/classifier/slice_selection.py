"""Which slices of a volume a 2D network looks at, from the recipe and depth alone."""

from pipelines.batches.depth import candidates
from pipelines.batches.slices import Slices
from pipelines.errors import DataError


def evaluated(depth: int, slices: Slices) -> tuple[int, ...]:
    """The slices that evaluation and serving look at, within `slices.depth`.

    For the policy `"block"` they are those in the middle, beside each other. Else they
    are evenly spaced, each in the middle of its equal part.

    Raises:
        DataError: fewer of those than `slices.evaluate`.

    >>> evaluated(20, Slices(evaluate=4))
    (2, 7, 12, 17)
    """
    within = candidates(depth, slices.depth)
    wanted = slices.evaluate or len(within)
    check_enough(wanted, within, "evaluate")
    if slices.policy == "block":
        first = (len(within) - wanted) // 2
        return tuple(within[first : first + wanted])
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


def neighbours(
    looked_at: tuple[int, ...], depth: int, adjacent: int
) -> tuple[tuple[int, ...], ...]:
    """For each of `adjacent` offsets, which slices stand beside those looked at.

    >>> neighbours((0, 4), 6, 3)
    ((0, 3), (0, 4), (1, 5))
    """
    half = adjacent // 2
    return tuple(
        tuple(min(max(place + offset, 0), depth - 1) for place in looked_at)
        for offset in range(-half, half + 1)
    )
