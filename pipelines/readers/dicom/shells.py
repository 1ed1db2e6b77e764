"""Images of one shell, which headers give several b-values, at one of them."""

import dataclasses
import statistics

from pipelines.readers.dicom.repeats import Member
from pipelines.readers.diffusion.shells import shells


def joined(groups: list[list[Member]]) -> list[list[Member]]:
    """Images by b-value, those of one shell together and at its median.

    Args:
        groups: of one b-value each, in order; perhaps one of none, first.
    """
    known = [group for group in groups if group[0][1].b_value is not None]
    b_values = [group[0][1].b_value for group in known]
    gradients = [[frame.gradient for _, frame in group] for group in known]
    return groups[: len(groups) - len(known)] + [
        known[shell[0]] if len(shell) == 1 else _at_median([known[n] for n in shell])
        for shell in shells(b_values, gradients)
    ]


def _at_median(shell: list[list[Member]]) -> list[Member]:
    members = [member for group in shell for member in group]
    b_value = statistics.median(frame.b_value for _, frame in members)
    return [
        (series, dataclasses.replace(frame, b_value=b_value))
        for series, frame in members
    ]
