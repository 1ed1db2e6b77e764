"""One interpolation from a sequence's voxels to the grid's."""

import functools
import math

import numpy as np
import SimpleITK as sitk
from scipy import sparse

from pipelines.canonical.sampling_grid import Lattice
from pipelines.canonical.separable_resampling import (
    WHOLE,
    AxisWeights,
    linear_weights,
    multiply,
    smoothing_matrix,
)

_STRAIGHT = tuple(np.eye(3).ravel().tolist())
_WIDE = (sitk.sitkInt32, sitk.sitkUInt32, sitk.sitkFloat64)


def sigma_mm(source_mm: float, target_mm: float) -> float:
    """Width of the Gaussian that keeps shrinking free of aliasing; 0 where it grows.

    A voxel is taken for a Gaussian whose full width at half maximum is its spacing;
    blurring the source's to the target's takes the difference of the variances:
    `sqrt((target^2 - source^2) / (8 ln 2))` (Cardoso et al., "Scale factor point
    spread function matching", MICCAI 2015).
    """
    if target_mm <= source_mm * (1 + WHOLE):
        return 0.0
    return math.sqrt((target_mm**2 - source_mm**2) / (8 * math.log(2)))


def resample_image(
    image: sitk.Image,
    lattice: Lattice,
    *,
    fill: float,
    transform: sitk.Transform | None = None,
) -> np.ndarray:
    """Values of `image` at the grid's voxels, linear between its own.

    Along every axis where the grid is coarser than the image, the image is smoothed
    first by `sigma_mm`. Voxels of the grid that fall on the image's are copies of
    them. A voxel more than half a voxel outside the image is `fill`.

    Args:
        image: expressed in the reference frame, its axes nearest to W, H, D.
        transform: from the grid's points to the image's (of a registration).

    Returns:
        float `[D, H, W]`; float64 for 32-bit integers, else float32.
    """
    kind = np.float64 if image.GetPixelID() in _WIDE else np.float32
    voxels = sitk.GetArrayViewFromImage(image)
    if transform is None and image.GetDirection() == _STRAIGHT:
        return _along_the_axes(voxels, image, lattice, fill, kind)
    smoothed = multiply(voxels, _smoothing(image, lattice), kind)
    smoothed = sitk.GetImageFromArray(smoothed)
    smoothed.CopyInformation(image)
    transform = transform or sitk.Transform(3, sitk.sitkIdentity)
    return _sample(smoothed, lattice, sitk.sitkLinear, fill, transform)


def resample_mask(
    mask: sitk.Image, lattice: Lattice, *, transform: sitk.Transform | None = None
) -> np.ndarray:
    """The nearest voxel of a mask, outside 0: uint8 `[D, H, W]`, inside 1."""
    inside = sitk.NotEqual(mask, 0)
    transform = transform or sitk.Transform(3, sitk.sitkIdentity)
    return _sample(inside, lattice, sitk.sitkNearestNeighbor, 0, transform)


def _along_the_axes(
    voxels: np.ndarray,
    image: sitk.Image,
    lattice: Lattice,
    fill: float,
    kind: type[np.floating],
) -> np.ndarray:
    axes = []
    for axis in (2, 1, 0):  # D, H, W of SimpleITK's W, H, D
        first_mm = lattice.origin_mm[axis] - image.GetOrigin()[axis]
        source = image.GetSpacing()[axis], image.GetSize()[axis]
        target = lattice.spacing_mm[axis], lattice.size[axis]
        axes.append(_axis_weights(first_mm, source, target))
    values = multiply(voxels, [axis.matrix for axis in axes], kind)
    if all(axis.inside.all() for axis in axes):
        return values
    inside = np.ix_(*(axis.inside for axis in axes))
    result = np.full(values.shape, fill, values.dtype)
    result[inside] = values[inside]
    return result


@functools.lru_cache(maxsize=48)  # studies of one protocol share them
def _axis_weights(
    first_mm: float, source: tuple[float, int], target: tuple[float, int]
) -> AxisWeights:
    """Weights of one axis.

    Args:
        first_mm: of the target, from the first centre of the source.
        source, target: spacing in mm, and number of voxels.
    """
    (source_mm, source_size), (target_mm, target_size) = source, target
    positions_mm = first_mm + target_mm * np.arange(target_size)
    sigma = sigma_mm(source_mm, target_mm) / source_mm
    return linear_weights(positions_mm / source_mm, source_size, sigma)


def _smoothing(image: sitk.Image, lattice: Lattice) -> list[sparse.csr_matrix]:
    """For D, H, W, by the spacing of the grid's axis nearest to the image's."""
    matrices = []
    for axis in (2, 1, 0):
        source_mm, size = image.GetSpacing()[axis], image.GetSize()[axis]
        sigma = sigma_mm(source_mm, lattice.spacing_mm[axis]) / source_mm
        matrices.append(
            smoothing_matrix(size, sigma) if sigma else sparse.eye(size, format="csr")
        )
    return matrices


def _sample(
    image: sitk.Image,
    lattice: Lattice,
    interpolator: int,
    fill: float,
    transform: sitk.Transform,
) -> np.ndarray:
    resampled = sitk.Resample(
        image,
        lattice.size,
        transform,
        interpolator,
        lattice.origin_mm,
        lattice.spacing_mm,
        _STRAIGHT,
        fill,
        image.GetPixelID(),
    )
    return sitk.GetArrayFromImage(resampled)
