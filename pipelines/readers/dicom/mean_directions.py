"""The isotropic image of diffusion in several directions: their geometric mean."""

from collections.abc import Iterable, Sequence

import numpy as np
import SimpleITK as sitk

from pipelines.readers.dicom.geometry import Geometry, fault
from pipelines.readers.dicom.headers import Series

_SAME_PLACE_MM = 0.1
_SAME_TURN = 1e-3


def same_geometry(series: Series, geometries: Sequence[Geometry]) -> Geometry:
    """The geometry that all directions of a series have.

    Raises:
        StudyError: a direction differs from the first one.
    """
    first = series.directions[0]
    for one, geometry in zip(series.directions, geometries, strict=True):
        slices = len(one.frames), len(first.frames)
        if slices[0] != slices[1] or not _same(geometry, geometries[0]):
            raise fault(
                series,
                "uneven_directions",
                f"gradient directions differ: {_name(first)} has {slices[1]} slices, "
                f"{_name(one)} {slices[0]}, or in another place",
                "Export the series again, every direction whole",
            )
    return geometries[0]


def geometric_mean(series: Series, images: Iterable[sitk.Image]) -> sitk.Image:
    """exp(mean(log(values))) in double precision, 0 where any value is 0.

    Signals S0 exp(-b D) of three orthogonal directions or of directions spread evenly
    have the signal of the mean diffusivity as their geometric mean (Basser and Jones,
    NMR Biomed 2002).

    Args:
        images: of its directions, of one geometry.

    Returns:
        A float32 image.

    Raises:
        StudyError: a value is negative.
    """
    total, number = None, 0
    for image in images:
        values = sitk.GetArrayViewFromImage(image)
        if values.min() < 0:
            raise fault(
                series,
                "negative_values",
                "negative values, of which there is no geometric mean. "
                f"Received: {values.min()}",
                "Only magnitude images make an isotropic one",
            )
        total = np.zeros(values.shape) if total is None else total
        with np.errstate(divide="ignore"):  # log(0) is -inf, and exp(-inf) is 0
            total += np.log(values, dtype=np.float64)
        number += 1
    mean = sitk.GetImageFromArray(np.exp(total / number).astype(np.float32))
    mean.CopyInformation(image)
    return mean


def _same(one: Geometry, other: Geometry) -> bool:
    return all(
        np.allclose(values, others, rtol=0, atol=tolerance)
        for values, others, tolerance in (
            (one.origin_mm, other.origin_mm, _SAME_PLACE_MM),
            (one.spacing_mm, other.spacing_mm, _SAME_PLACE_MM),
            (one.direction, other.direction, _SAME_TURN),
        )
    )


def _name(series: Series) -> str:
    """The direction of a part (`dir=3`), its words being ours alone."""
    words = series.part.split(",")
    return next((word for word in words if word.startswith("dir=")), "one")
