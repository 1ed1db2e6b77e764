"""Which slices of a volume a 2D network looks at, from the recipe and depth alone."""

from pipelines.batches.depth import candidates, check_enough
from pipelines.batches.slices import Slices
from pipelines.errors import UsageError


def check(depth: int, slices: Slices) -> None:
    """Raises a UsageError where a volume has not the slices that the recipe wants.

    Args:
        depth: slices of the volume.
    """
    within = candidates(depth, slices.depth)
    check_enough(slices.train, within, "train")
    check_enough(slices.evaluate, within, "evaluate")
    if slices.adjacent > depth:
        raise UsageError(
            f"slices.adjacent wants {slices.adjacent} slices beside each other, and a "
            f"volume has {depth}. Take an odd number up to {depth}"
        )


def evaluated(depth: int, slices: Slices) -> tuple[int, ...]:
    """The slices that evaluation and serving look at, within `slices.depth`.

    For the policy `"block"` they are those in the middle, beside each other. Else they
    are evenly spaced, each in the middle of its equal part.

    >>> evaluated(20, Slices(evaluate=4))
    (2, 7, 12, 17)
    """
    within = candidates(depth, slices.depth)
    wanted = slices.evaluate or len(within)
    if slices.policy == "block":
        first = (len(within) - wanted) // 2
        return tuple(within[first : first + wanted])
    return tuple(
        within[(2 * i + 1) * len(within) // (2 * wanted)] for i in range(wanted)
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
