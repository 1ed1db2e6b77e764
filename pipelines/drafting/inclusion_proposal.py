"""Limits that leave out fragments, and nothing that most of a cohort is like."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from pipelines.drafting.stack import Stack, Stacks
from pipelines.tasks.task import Inclusion

_PLANES = ("axial", "sagittal", "coronal")


@dataclass(frozen=True, kw_only=True)
class InclusionProposal:
    """Criteria, and in words why they are so."""

    inclusion: Inclusion
    comments: tuple[str, ...]


def propose(stacks: Stacks, channels: Sequence[str]) -> InclusionProposal:
    """Half of what the least channel of the median study has, and its planes."""
    by_channel = {
        name: [study[name] for study in stacks.values() if name in study]
        for name in channels
    }
    there = [group for group in by_channel.values() if group]
    every = [stack for group in there for stack in group]
    slices = max(1, int(min(median(s.shape[0] for s in g) for g in there) // 2))
    matrix = tuple(
        max(1, int(min(median(s.shape[axis] for s in g) for g in there) // 2))
        for axis in (1, 2)
    )
    planes = tuple(p for p in _PLANES if any(s.plane == p for s in every))
    known = all(stack.plane in _PLANES for stack in every)
    inclusion = Inclusion(
        planes=planes if known else (), minimum_slices=slices, minimum_matrix=matrix
    )
    below = sum(
        any(_is_below(s[name], inclusion) for name in channels if name in s)
        for s in stacks.values()
    )
    return InclusionProposal(
        inclusion=inclusion,
        comments=(
            f"Half of the slices, rows and columns of the median study: {below} of "
            f"{len(stacks)} lie below.",
        ),
    )


def _is_below(stack: Stack, inclusion: Inclusion) -> bool:
    rows, columns = inclusion.minimum_matrix
    return (
        stack.shape[0] < inclusion.minimum_slices
        or stack.shape[1] < rows
        or stack.shape[2] < columns
    )
