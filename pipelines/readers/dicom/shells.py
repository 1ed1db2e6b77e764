"""Shells: one b-value over several gradient directions, which headers state unevenly.

Scanners write what the gradients of each direction come to, such as 995, 1000 and 1005
s/mm2 where 1000 was asked for. In the Human Connectome Project's tables 1000 is 990 to
1005 and 3000 is 2980 to 3010, so up to 2 %; b-values that a protocol asks for beside
each other (800 and 1000) lie much further apart. The tolerance lies between. Near 0 it
comes to nothing, and images of one direction at two b-values never are one shell.
"""

import dataclasses
import statistics

from pipelines.readers.dicom.gradient_direction import same_gradient
from pipelines.readers.dicom.headers import Gradient
from pipelines.readers.dicom.repeats import Member

_WIDTH = 0.05  # share of its lowest b-value that a shell is wide at most


def same_shell(one: float, other: float) -> bool:
    """Whether two b-values may be of one shell."""
    return abs(one - other) <= _WIDTH * min(one, other)


def joined(groups: list[list[Member]]) -> list[list[Member]]:
    """Images by b-value, those of one shell together and at its median.

    Args:
        groups: of one b-value each, in order; perhaps one of none, first.
    """
    near: list[list[list[Member]]] = []
    for group in groups:
        lowest = near[-1][0][0][1].b_value if near else None
        if lowest and same_shell(lowest, group[0][1].b_value):
            near[-1].append(group)
        else:
            near.append([group])
    return [
        members
        for shell in near
        for members in ([_at_median(shell)] if _is_one(shell) else shell)
    ]


def _is_one(shell: list[list[Member]]) -> bool:
    """Whether all gradients are known, and none is at two of its b-values."""
    if len(shell) == 1:
        return False
    gradients = [_gradients(group) for group in shell]
    if any(None in group for group in gradients):
        return False
    return not any(
        same_gradient(one, other)
        for number, group in enumerate(gradients)
        for others in gradients[:number]
        for one in group
        for other in others
    )


def _gradients(members: list[Member]) -> list[Gradient | None]:
    different: list[Gradient | None] = []
    for _, frame in members:
        if not any(same_gradient(frame.gradient, one) for one in different):
            different.append(frame.gradient)
    return different


def _at_median(shell: list[list[Member]]) -> list[Member]:
    members = [member for group in shell for member in group]
    b_value = statistics.median(frame.b_value for _, frame in members)
    return [
        (series, dataclasses.replace(frame, b_value=b_value))
        for series, frame in members
    ]
