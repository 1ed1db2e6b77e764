"""Where the grid's voxels lie: known before any voxel is interpolated."""

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from pipelines.tasks.task import Grid

_SAME_SPACING = 1e-4  # relative


@dataclass(frozen=True, kw_only=True)
class Box:
    """Voxels of the reference sequence: first and last, both included, as W, H, D."""

    first: tuple[int, int, int]
    last: tuple[int, int, int]

    def __post_init__(self):
        if any(a > b for a, b in zip(self.first, self.last)):
            raise ValueError(f"a box ends before it starts. Received: {self}")


@dataclass(frozen=True, kw_only=True)
class Lattice:
    """A grid in the reference frame, everything as W, H, D (SimpleITK's order)."""

    origin_mm: tuple[float, float, float]
    spacing_mm: tuple[float, float, float]
    size: tuple[int, int, int]


def lattice_of(reference: sitk.Image) -> Lattice:
    """The image's own voxels as a grid."""
    return Lattice(
        origin_mm=reference.GetOrigin(),
        spacing_mm=reference.GetSpacing(),
        size=reference.GetSize(),
    )


def lies_on(image: sitk.Image, lattice: Lattice) -> bool:
    """Whether the image's voxels are the grid's."""
    straight = tuple(np.eye(3).ravel().tolist())
    return lattice_of(image) == lattice and image.GetDirection() == straight


def whole(reference: sitk.Image) -> Box:
    """The box of all voxels."""
    return Box(first=(0, 0, 0), last=tuple(n - 1 for n in reference.GetSize()))


def place(
    reference: sitk.Image,
    box: Box,
    grid: Grid,
    centre: tuple[float, float] | None = None,
) -> Lattice:
    """Lays `grid` over `box`.

    `resize` divides the box's extent (from outer edge to outer edge of its voxels)
    into the grid's voxels. `crop_or_pad` keeps the grid's spacing and puts the grid's
    centre on the box's; along an axis where the spacing is the reference's, it moves
    by up to half a voxel so that voxels fall on voxels and stay sharp. Where the grid
    reaches beyond the box it shows what the image holds there.

    Args:
        reference: expressed in its own frame (first voxel at 0, axes W, H, D).
        centre: for `crop_or_pad`, W and H in its voxels, in place of the box's.
    """
    source = np.array(reference.GetSpacing())
    first, last = np.array(box.first), np.array(box.last)
    size = np.array(grid.shape[::-1])
    if grid.fit == "resize":
        spacing = (last - first + 1) * source / size
        origin = (first - 0.5) * source + spacing / 2
    else:
        spacing = np.array(grid.spacing_mm[::-1], np.float64)
        same = np.abs(spacing / source - 1) < _SAME_SPACING
        spacing = np.where(same, source, spacing)
        middle = (first + last) / 2
        if centre is not None:
            middle[:2] = centre
        start = middle - (size - 1) / 2 * spacing / source
        origin = np.where(same, np.floor(start), start) * source
    return Lattice(
        origin_mm=tuple(origin.tolist()),
        spacing_mm=tuple(spacing.tolist()),
        size=tuple(size.tolist()),
    )
