"""Where in the slices the grid is laid, found from the images themselves."""

import numpy as np
import SimpleITK as sitk
from scipy import ndimage

from pipelines.canonical.crop import foreground
from pipelines.canonical.resample import resample_image
from pipelines.canonical.sampling_grid import lattice_of
from pipelines.errors import StudyError

_SMOOTH_MM = 8.0  # sigma: about the thickness of a wall that moves
_MIDDLE = 0.25  # sigma of the weight, as a share of the image's height and width
_PEAK = 0.5  # of the highest value: less is no part of what moves
_LEAST = 2.5  # certainty: of noise 1.0, of the 50 patients of ACDC seen 3.5 to 10.8
_BRIGHT = 99.0  # percentile that both images are scaled by

Moved = tuple[sitk.Image, sitk.Transform | None]


def of_motion(reference: sitk.Image, pair: tuple[Moved, Moved]) -> tuple[float, float]:
    """The middle of what differs between two images, as W, H in the reference's voxels.

    The absolute difference of the middle half of the slices (both images scaled by
    their 99th percentile) is averaged, smoothed, and weighted towards the middle of the
    image; the centroid of what reaches half of its highest value is the centre.

    Args:
        reference: whose voxels count.
        pair: each with its transform from the reference's points; none = identity.

    Raises:
        StudyError: no_centre.
    """
    lattice = lattice_of(reference)
    scaled = []
    for image, transform in pair:
        values = resample_image(image, lattice, fill=0.0, transform=transform)
        values = _middle_slices(values.astype(np.float64))
        scaled.append(values / max(np.percentile(np.abs(values), _BRIGHT), 1e-9))
    moved = np.abs(scaled[0] - scaled[1]).mean(axis=0)
    width_mm, height_mm, _ = reference.GetSpacing()
    smoothed = ndimage.gaussian_filter(
        moved, (_SMOOTH_MM / height_mm, _SMOOTH_MM / width_mm)
    )
    weighted = smoothed * _towards_the_middle(smoothed.shape)
    certainty = _certainty(weighted)
    if certainty < _LEAST:
        raise _no_centre(
            "nothing moves between the two sequences that grid.centre_of names: the "
            f"difference is {certainty:.1f} times its mean at most, and the least is "
            f"{_LEAST}"
        )
    return _centroid(np.where(weighted >= _PEAK * weighted.max(), weighted, 0))


def of_foreground(image: sitk.Image) -> tuple[float, float]:
    """The centroid of the foreground in the middle half of the slices, as W, H.

    Raises:
        StudyError: no_centre.
    """
    inside = sitk.GetArrayViewFromImage(foreground(image)).astype(np.float64)
    area = _middle_slices(inside).mean(axis=0)
    if not area.any():
        raise _no_centre("the sequence that grid.centre_of names has no foreground")
    return _centroid(area)


def _middle_slices(voxels: np.ndarray) -> np.ndarray:
    left_out = len(voxels) // 4
    return voxels[left_out : len(voxels) - left_out]


def _towards_the_middle(shape: tuple[int, ...]) -> np.ndarray:
    """A Gaussian `[H, W]` about the middle."""
    ways = [(np.arange(n) - (n - 1) / 2) / (_MIDDLE * n) for n in shape]
    return np.exp(-0.5 * (ways[0][:, np.newaxis] ** 2 + ways[1] ** 2))


def _certainty(weighted: np.ndarray) -> float:
    """How far the highest value stands out, over what the weight alone would do."""
    mean = weighted.sum() / _towards_the_middle(weighted.shape).sum()
    return float(weighted.max() / mean) if mean > 0 else 0.0


def _centroid(values: np.ndarray) -> tuple[float, float]:
    row, column = ndimage.center_of_mass(values)
    return float(column), float(row)


def _no_centre(problem: str) -> StudyError:
    return StudyError(
        code="no_centre",
        problem=f"no centre was found: {problem}",
        cure="Look at the study's pictures, and leave it out if the sequences are the "
        "same or show nothing; or set grid.centre = 'middle'",
    )
