"""A grid from how the studies of a cohort were acquired."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from pipelines.drafting.stack import Stack, Stacks, middle
from pipelines.tasks.task import Grid

_LARGEST = 192  # voxels across, which a network can still be trained on
_MOST_SLICES = 96
_ACROSS, _ALONG = 16, 4  # what numbers of voxels are multiples of
_HELD = 90  # percentile of the extents
_PLANES = ("axial", "sagittal", "coronal")
_BYTES = 2  # of a voxel in a record


@dataclass(frozen=True, kw_only=True)
class GridProposal:
    """A grid, and in words why it is so."""

    grid: Grid
    comments: tuple[str, ...]


def propose(stacks: Stacks, channels: Sequence[str], *, unit: str) -> GridProposal:
    """Millimetres are kept, and nine of ten studies lie inside.

    Args:
        channels: the sequences that a study has.
        unit: of the task.
    """
    reference = _reference(stacks, channels)
    there = [study[reference] for study in stacks.values() if reference in study]
    if unit == "series":
        there = [stack for study in stacks.values() for stack in study.values()]
    plane = next((p for p in _PLANES if any(s.plane == p for s in there)), "axial")
    acquired = middle(there)
    extents = np.percentile([s.extent_mm for s in there], _HELD, axis=0)
    pixel = max(acquired[1:])
    coarsest = max(*extents[1:] / _LARGEST, pixel)
    spacing = (
        _rounded(max(acquired[0], extents[0] / _MOST_SLICES)),
        *(_rounded(coarsest),) * 2,
    )
    shape = tuple(
        _multiple(extent / mm, of)
        for extent, mm, of in zip(extents, spacing, (_ALONG, _ACROSS, _ACROSS))
    )
    grid = Grid(
        orientation=plane,
        reference=reference if unit == "study" and len(channels) > 1 else None,
        fit="crop_or_pad",
        spacing_mm=spacing,
        shape=shape,
    )
    number = len(channels) if unit == "study" else 1
    records = len(stacks) if unit == "study" else len(there)
    return GridProposal(
        grid=grid,
        comments=(
            *_of_source(reference if unit == "study" else "all series", there),
            _inside(there, grid),
            *_cost(grid, number, records),
        ),
    )


def _reference(stacks: Stacks, channels: Sequence[str]) -> str:
    """The channel of the finest pixels, by the median study."""
    pixels = {
        name: median(s[name].spacing_mm[1] for s in stacks.values() if name in s)
        for name in channels
        if any(name in study for study in stacks.values())
    }
    return min(pixels, key=pixels.get)


def _of_source(name: str, stacks: Sequence[Stack]) -> list[str]:
    spacing = _ranges([stack.spacing_mm for stack in stacks], 2)
    extent = _ranges([stack.extent_mm for stack in stacks], 0)
    return [
        f"{name} as acquired (slices, rows, columns): {spacing} mm apart, over "
        f"{extent} mm."
    ]


def _ranges(values: Sequence[tuple[float, float, float]], digits: int) -> str:
    lows, highs = np.min(values, axis=0), np.max(values, axis=0)
    texts = (
        f"{low:.{digits}f}"
        if f"{low:.{digits}f}" == f"{high:.{digits}f}"
        else f"{low:.{digits}f} to {high:.{digits}f}"
        for low, high in zip(lows, highs)
    )
    return " x ".join(texts)


def _inside(stacks: Sequence[Stack], grid: Grid) -> str:
    size = np.multiply(grid.spacing_mm, grid.shape)
    whole = sum(bool(np.all(np.array(s.extent_mm) <= size + 1e-6)) for s in stacks)
    rest = "" if whole == len(stacks) else "; of the others the edges are cut off"
    return (
        f"The grid is {' x '.join(f'{mm:.0f}' for mm in size)} mm: {whole} of "
        f"{len(stacks)} lie in it whole{rest}."
    )


def _cost(grid: Grid, channels: int, studies: int) -> list[str]:
    voxels = math.prod(grid.shape) * channels
    record, cohort = voxels * _BYTES / 2**20, voxels * _BYTES * studies / 2**30
    return [
        f"A record takes {record:.1f} MiB ({channels} x {math.prod(grid.shape):,} "
        f"voxels in int16), twice that in training; {studies} take {cohort:.2g} GiB. "
        "Where that is too much, halve the shape and double the spacing."
    ]


def _rounded(mm: float) -> float:
    """To two significant digits that do not fall below what is asked."""
    digits = 1 - math.floor(math.log10(mm))
    return math.ceil(round(mm * 10**digits, 6)) / 10**digits


def _multiple(number: float, of: int) -> int:
    return max(of, math.ceil(round(number / of, 3)) * of)
