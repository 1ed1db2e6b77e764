"""Siemens mosaics: all slices of a volume tiled in one image, and where each lies."""

import dataclasses
import math

import numpy as np

from pipelines.readers.dicom import siemens_csa
from pipelines.readers.dicom.elements import Elements, single_number
from pipelines.readers.dicom.geometry import normal
from pipelines.readers.dicom.headers import Frame, Tile

_PARALLEL = 1e-3  # how far the cosine of two normals may be from 1


def is_mosaic(frame: Frame) -> bool:
    """Whether an image is a mosaic that is not unpacked."""
    return "MOSAIC" in frame.image_type and frame.tile is None


def unpacked(frame: Frame, elements: Elements) -> tuple[Frame, ...]:
    """The slices of a mosaic; any other image as it is.

    The position in the header is that of the first slice with the matrix of the whole
    mosaic around the same centre (nibabel, doc/source/dicom/dicom_mosaic.rst). Number
    and direction of the slices are in the CSA header alone.

    Returns:
        The mosaic itself where the header does not say how its slices lie: it is
        refused when a volume is to be made of it.

    Raises:
        ValueError: SpacingBetweenSlices is no number.
    """
    if not is_mosaic(frame):
        return (frame,)
    csa = siemens_csa.csa(elements)
    if csa is None or csa.slices < 1 or csa.slice_normal is None:
        return (frame,)
    across = math.isqrt(csa.slices - 1) + 1
    step_mm = _step_mm(frame, elements, csa.slice_normal)
    if step_mm is None or frame.rows % across or frame.columns % across:
        return (frame,)
    first_mm = first_position_mm(frame, across)
    return tuple(
        dataclasses.replace(
            frame,
            rows=frame.rows // across,
            columns=frame.columns // across,
            position_mm=tuple((first_mm + number * step_mm).tolist()),
            tile=Tile(number=number, across=across),
        )
        for number in range(csa.slices)
    )


def first_position_mm(frame: Frame, across: int) -> np.ndarray:
    """Centre of the first voxel of the first slice `[3]` of a whole mosaic."""
    row, column = np.asarray(frame.orientation).reshape(2, 3)
    between_rows, between_columns = frame.spacing_mm
    extra_rows = (frame.rows - frame.rows // across) / 2
    extra_columns = (frame.columns - frame.columns // across) / 2
    shift_mm = (
        row * between_columns * extra_columns + column * between_rows * extra_rows
    )
    return np.asarray(frame.position_mm) + shift_mm


def tile(mosaic: np.ndarray, frame: Frame) -> np.ndarray:
    """The slice `[rows, columns]` of a mosaic that a frame is."""
    down, right = divmod(frame.tile.number, frame.tile.across)
    top, left = down * frame.rows, right * frame.columns
    return mosaic[top : top + frame.rows, left : left + frame.columns]


def _step_mm(
    frame: Frame, elements: Elements, slice_normal: tuple[float, float, float]
) -> np.ndarray | None:
    """From one slice to the next `[3]`; none where the header contradicts itself.

    The direction is the normal of the image, as the more exact one, with the sign of
    the CSA header's.
    """
    geometry = frame.orientation, frame.position_mm, frame.spacing_mm
    # Not the optional one: a number that is damaged must not give way to the thickness.
    distance_mm = single_number(elements, "SpacingBetweenSlices")
    if not distance_mm or distance_mm < 0:
        distance_mm = frame.slice_thickness_mm
    if None in geometry or not distance_mm or distance_mm < 0:
        return None
    along = normal(frame.orientation)
    cosine = float(along @ np.asarray(slice_normal))
    if abs(abs(cosine) - 1) > _PARALLEL:
        return None
    return math.copysign(distance_mm, cosine) * along
