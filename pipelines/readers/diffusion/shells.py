"""Shells: one b-value over several gradient directions, which sources state unevenly.

Scanners write what the gradients of each direction come to, such as 995, 1000 and 1005
s/mm2 where 1000 was asked for. In the Human Connectome Project's tables 1000 is 990 to
1005 and 3000 is 2980 to 3010, so up to 2 %; b-values that a protocol asks for beside
each other (800 and 1000) lie much further apart. The tolerance lies between. Near 0 it
comes to nothing, and images of one direction at two b-values never are one shell.
"""

from collections.abc import Sequence

from pipelines.readers.diffusion.gradient import Gradient, different, same_gradient

B_TOLERANCE = 1.0  # s/mm2, within which b-values are one in any case
_WIDTH = 0.05  # share of its lowest b-value that a shell is wide at most


def same_shell(one: float, other: float) -> bool:
    """Whether two b-values may be of one shell."""
    return abs(one - other) <= _WIDTH * min(one, other)


def shells(
    b_values: Sequence[float], gradients: Sequence[Sequence[Gradient | None]]
) -> list[list[int]]:
    """Which b-values are of one shell.

    Args:
        b_values: ascending.
        gradients: of the images at each of them; none = not known.

    Returns:
        The positions of each shell's b-values. Where a gradient is not known, or one
        has two of the b-values, each of them is a shell of its own.
    """
    near: list[list[int]] = []
    for place, b_value in enumerate(b_values):
        lowest = b_values[near[-1][0]] if near else 0
        if lowest and same_shell(lowest, b_value):
            near[-1].append(place)
        else:
            near.append([place])
    return [
        shell
        for group in near
        for shell in (
            [group] if _is_one([gradients[n] for n in group]) else [[n] for n in group]
        )
    ]


def _is_one(gradients: Sequence[Sequence[Gradient | None]]) -> bool:
    """Whether all gradients are known, and none is at two of the b-values."""
    if len(gradients) == 1:
        return True
    each = [different(group) for group in gradients]
    if any(None in group for group in each):
        return False
    return not any(
        same_gradient(one, other)
        for number, group in enumerate(each)
        for others in each[:number]
        for one in group
        for other in others
    )
