"""Axes of the grid: anatomical order, and the reference sequence's own frame.

Oblique acquisitions keep their axes. The grid follows the reference sequence's axes,
permuted and reversed to be the closest to the anatomical ones, so that no voxel of the
reference is mixed with others for the sake of straight axes.
"""

from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk

from pipelines.tasks.sequence import Plane

# Where SimpleITK's x, y, z (our W, H, D) run to: see `pipelines.tasks.task.Grid`.
_CODES = {"axial": "LPS", "sagittal": "PIL", "coronal": "LIP"}

# Headers store float32 and decimal text: differences below these are rounding, and
# without it equal geometries written in other orientations would differ.
_POSITION_DECIMALS = 3  # of mm
_DIRECTION_DECIMALS = 6
_SPACING_DECIMALS = 6  # of mm


@dataclass(frozen=True, kw_only=True, eq=False)
class ReferenceFrame:
    """A frame with the reference sequence's first voxel as origin, its axes as axes.

    Args:
        origin_mm: `[3]`, LPS.
        direction: `[3, 3]`, columns are the unit vectors of W, H and D in LPS.
    """

    origin_mm: np.ndarray
    direction: np.ndarray


def frame_of(image: sitk.Image, plane: Plane) -> ReferenceFrame:
    """The frame of `image` after its axes are put in the order of `plane`."""
    oriented = _oriented(image, _CODES[plane])
    return ReferenceFrame(
        origin_mm=np.array(oriented.GetOrigin()),
        direction=np.array(oriented.GetDirection()).reshape(3, 3),
    )


def express(image: sitk.Image, frame: ReferenceFrame) -> sitk.Image:
    """`image` with its geometry told in `frame` and its axes nearest to the frame's.

    No voxel changes its value: axes are permuted and reversed. Positions are rounded
    to 1 um, directions and spacings to 1e-6.
    """
    direction = np.array(image.GetDirection()).reshape(3, 3)
    origin = np.array(image.GetOrigin())
    moved = sitk.Image(image)
    cosines = np.round(frame.direction.T @ direction, _DIRECTION_DECIMALS)
    moved.SetDirection(cosines.ravel().tolist())
    moved.SetOrigin((frame.direction.T @ (origin - frame.origin_mm)).tolist())
    moved.SetSpacing(np.round(image.GetSpacing(), _SPACING_DECIMALS).tolist())
    moved = _oriented(moved, "LPS")
    moved.SetOrigin(np.round(moved.GetOrigin(), _POSITION_DECIMALS).tolist())
    return moved


def _oriented(image: sitk.Image, code: str) -> sitk.Image:
    """The image with its axes in the order of `code`; itself if they are already."""
    of_direction = sitk.DICOMOrientImageFilter.GetOrientationFromDirectionCosines
    if of_direction(image.GetDirection()) == code:
        return image
    return sitk.DICOMOrient(image, code)


def affine(
    frame: ReferenceFrame,
    origin_mm: tuple[float, float, float],
    spacing_mm: tuple[float, float, float],
) -> np.ndarray:
    """Affine `[4, 4]` from a grid's voxel (d, h, w, 1) to LPS millimetres.

    Args:
        origin_mm: of the grid's first voxel in `frame`, along W, H, D.
        spacing_mm: of the grid along W, H, D.
    """
    matrix = np.eye(4)
    matrix[:3, :3] = (frame.direction * np.array(spacing_mm))[:, ::-1]
    matrix[:3, 3] = frame.origin_mm + frame.direction @ np.array(origin_mm)
    return matrix
