"""Gradient directions of one series, which are to become one image."""

from collections.abc import Sequence

import numpy as np

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
