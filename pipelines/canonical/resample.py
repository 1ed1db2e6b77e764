"""One interpolation from a sequence's voxels to the grid's."""

import math

import numpy as np
import SimpleITK as sitk

from pipelines.canonical.lattice import Lattice

_ALIGNED = 1e-3  # of a voxel: closer lattices share their voxels


def sigma_mm(source_mm: float, target_mm: float) -> float:
    """Width of the Gaussian that keeps shrinking free of aliasing; 0 where it grows.

    A voxel is taken for a Gaussian whose full width at half maximum is its spacing;
    blurring the source's to the target's takes the difference of the variances:
    `sqrt((target^2 - source^2) / (8 ln 2))` (Cardoso et al., "Scale factor point
    spread function matching", MICCAI 2015).
    """
    if target_mm <= source_mm * (1 + _ALIGNED):
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

    Along every axis where the grid is coarser, the image is smoothed first by
    `sigma_mm`. Where the grid's voxels fall on the image's, values are copied. A voxel
    more than half a voxel outside the image is `fill`.

    Args:
        image: expressed in the reference frame, its axes nearest to W, H, D.
        transform: from the grid's points to the image's (of a registration).

    Returns:
        float `[D, H, W]`; float64 for 32-bit integers, else float32.
    """
    wide = image.GetPixelID() in (sitk.sitkInt32, sitk.sitkUInt32, sitk.sitkFloat64)
    kind = sitk.sitkFloat64 if wide else sitk.sitkFloat32
    if transform is None and _shares_voxels(image, lattice):
        return _sample(image, lattice, sitk.sitkNearestNeighbor, fill, None, kind)
    image = _smooth(sitk.Cast(image, kind), lattice)
    return _sample(image, lattice, sitk.sitkLinear, fill, transform, kind)


def resample_mask(
    mask: sitk.Image, lattice: Lattice, *, transform: sitk.Transform | None = None
) -> np.ndarray:
    """The nearest voxel of a mask, outside 0: uint8 `[D, H, W]`, inside 1."""
    inside = sitk.NotEqual(mask, 0)
    nearest = sitk.sitkNearestNeighbor
    return _sample(inside, lattice, nearest, 0, transform, sitk.sitkUInt8)


def _sample(
    image: sitk.Image,
    lattice: Lattice,
    interpolator: int,
    fill: float,
    transform: sitk.Transform | None,
    kind: int,
) -> np.ndarray:
    resampled = sitk.Resample(
        image,
        lattice.size,
        transform or sitk.Transform(3, sitk.sitkIdentity),
        interpolator,
        lattice.origin_mm,
        lattice.spacing_mm,
        np.eye(3).ravel().tolist(),
        fill,
        kind,
    )
    return sitk.GetArrayFromImage(resampled)


def _shares_voxels(image: sitk.Image, lattice: Lattice) -> bool:
    """Whether every grid voxel inside the image is one of the image's voxels."""
    spacing = np.array(image.GetSpacing())
    if image.GetDirection() != tuple(np.eye(3).ravel()):
        return False
    drift = np.abs(np.array(lattice.spacing_mm) / spacing - 1) * image.GetSize()
    offset = (np.array(lattice.origin_mm) - image.GetOrigin()) / spacing
    return bool(np.all(drift + np.abs(offset - np.round(offset)) < _ALIGNED))


def _smooth(image: sitk.Image, lattice: Lattice) -> sitk.Image:
    sigmas = [sigma_mm(*pair) for pair in zip(image.GetSpacing(), lattice.spacing_mm)]
    if not any(sigmas):
        return image
    voxels = max(s / spacing for s, spacing in zip(sigmas, image.GetSpacing()))
    return sitk.DiscreteGaussian(
        image,
        variance=[s**2 for s in sigmas],
        maximumKernelWidth=2 * math.ceil(5 * voxels) + 3,
        maximumError=1e-3,
        useImageSpacing=True,
    )
