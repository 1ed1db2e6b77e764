"""What is not background, and the box around it."""

import numpy as np
import SimpleITK as sitk

from pipelines.canonical.resample import resample_mask
from pipelines.canonical.sampling_grid import Box, lattice_of, lies_on, whole

_BRIGHTEST = 99.5  # percentile: brighter voxels would fill most of the histogram
_SPECK = 0.01  # of the foreground: smaller islands are noise or ghosts


def foreground(image: sitk.Image) -> sitk.Image:
    """Voxels above Otsu's threshold (Otsu, 1979), without small islands.

    The threshold is taken on 128 bins between the minimum and the 99.5th percentile;
    face-connected islands of less than 1 % of the voxels found are dropped.

    Returns:
        uint8, inside 1, with the image's geometry.
    """
    voxels = sitk.GetArrayViewFromImage(image)
    low, high = float(voxels.min()), float(np.percentile(voxels, _BRIGHTEST))
    if high <= low:
        high = float(voxels.max())
    clamped = sitk.Clamp(image, sitk.sitkFloat32, low, high)
    above = sitk.OtsuThreshold(clamped, 0, 1, 128)
    count = int(np.count_nonzero(sitk.GetArrayViewFromImage(above)))
    islands = sitk.RelabelComponent(
        sitk.ConnectedComponent(above), minimumObjectSize=int(np.ceil(_SPECK * count))
    )
    return sitk.NotEqual(islands, 0)


def foreground_box(
    images: list[sitk.Image], transforms: list[sitk.Transform | None]
) -> Box:
    """The box in the first image that holds the foreground of all of them.

    Args:
        images: the reference first, all expressed in its frame.
        transforms: from the reference's points to each image's; none = identity.
    """
    reference = images[0]
    lattice = lattice_of(reference)
    union = np.zeros(reference.GetSize()[::-1], bool)
    for image, transform in zip(images, transforms):
        inside = foreground(image)
        if transform is None and lies_on(image, lattice):
            union |= sitk.GetArrayViewFromImage(inside) > 0
        else:
            union |= resample_mask(inside, lattice, transform=transform) > 0
    if not union.any():
        return whole(reference)
    ends = []
    for axis in (2, 1, 0):  # W, H, D
        others = tuple({0, 1, 2} - {axis})
        ends.append(np.flatnonzero(union.any(axis=others))[[0, -1]].tolist())
    first, last = zip(*ends)
    return Box(first=first, last=last)
