"""Geometry of a stack of slices: plane, order along the normal, spacing, checks."""

import math
from dataclasses import dataclass

import numpy as np

from pipelines.errors import StudyError
from pipelines.readers.dicom.headers import Frame, Series

POSITION_TOLERANCE_MM = 0.01  # slices nearer than this share a position
_OBLIQUE_FROM = math.cos(math.radians(45.0))
_TURN_TOLERANCE = 2e-3  # chord of about a tenth of a degree
_GAP_TOLERANCE = 0.05  # share of the slice spacing
COPY_AGAIN = "Copy or export the file again"
_EXPORT_AGAIN = "Export the series again, whole, or leave the study out"


@dataclass(frozen=True, kw_only=True)
class Geometry:
    """Where the voxels of a stack lie, as SimpleITK wants it.

    Args:
        spacing_mm: between columns (x), rows (y), slices (z).
        origin_mm: centre of the first voxel of the first slice (LPS).
        direction: 3x3, row by row; its columns are the directions of x, y and z,
            right-handed.
    """

    spacing_mm: tuple[float, float, float]
    origin_mm: tuple[float, float, float]
    direction: tuple[float, ...]


def normal(orientation: tuple[float, ...]) -> np.ndarray:
    """Unit vector `[3]` of row direction x column direction (PS3.3, C.7.6.2.1.1)."""
    a, b, c, d, e, f = orientation
    across = np.array([b * f - c * e, c * d - a * f, a * e - b * d])
    length = math.sqrt(across @ across)
    return across / length if length else across


def plane(orientation: tuple[float, ...] | None) -> str:
    """The anatomical plane nearest to a slice.

    Returns:
        `"sagittal"`, `"coronal"` or `"axial"`, by the axis of the patient that the
        normal is nearest to; `"oblique"` where that axis is more than 45 degrees off;
        `""` without an orientation.
    """
    if orientation is None:
        return ""
    cosines = np.abs(normal(orientation))
    if not cosines.max() >= _OBLIQUE_FROM:
        return "oblique"
    return ("sagittal", "coronal", "axial")[int(cosines.argmax())]


def projections(frames: tuple[Frame, ...]) -> np.ndarray:
    """Positions in mm `[N]` along the slice normal of the first frame."""
    positions = np.asarray([frame.position_mm for frame in frames], dtype=np.float64)
    return positions @ normal(frames[0].orientation)


def measure(series: Series) -> Geometry:
    """The geometry of a series whose frames are in order along their normal.

    Raises:
        StudyError: no_geometry, mixed_matrix, mixed_spacing, mixed_orientation,
            bad_orientation, duplicate_position, missing_slice, uneven_spacing,
            shifted_slices, unknown_thickness.
    """
    frames = series.frames
    _check_present(series)
    _check_same(series)
    direction = _direction(series)
    distance_mm = slice_distance_mm(series)
    _check_straight(series, direction[:, 2])
    between_rows, between_columns = frames[0].spacing_mm
    return Geometry(
        spacing_mm=(between_columns, between_rows, distance_mm),
        origin_mm=frames[0].position_mm,
        direction=tuple(float(cosine) for cosine in direction.ravel()),
    )


def fault(series: Series, code: str, problem: str, cure: str) -> StudyError:
    """A StudyError that names the series: its number on disk, all on the terminal."""
    known = series.series_number is not None
    name = f"series {series.series_number}" if known else "a series without number"
    return StudyError(
        code=code,
        problem=f"{name}: {problem}",
        cure=cure,
        private=f"{series.label}, study {series.study_uid}",
    )


def truncated(series: Series) -> StudyError:
    """A StudyError of a file that ends too early."""
    return fault(series, "truncated", "a file is cut off within its pixels", COPY_AGAIN)


def slice_distance_mm(series: Series) -> float:
    """Distance between slice centres; the thickness where there is but one slice.

    Raises:
        StudyError: two slices at one position, missing slices, uneven spacing.
    """
    frames = series.frames
    if len(frames) == 1:
        thickness_mm = frames[0].slice_thickness_mm
        if not thickness_mm or thickness_mm <= 0:
            raise fault(
                series,
                "unknown_thickness",
                f"one slice without a thickness. Received: {thickness_mm}",
                "A single slice needs SliceThickness in its header",
            )
        return thickness_mm
    positions_mm = projections(frames)
    gaps_mm = np.diff(positions_mm)
    for index in np.flatnonzero(gaps_mm < POSITION_TOLERANCE_MM)[:1]:
        raise fault(
            series,
            "duplicate_position",
            f"slices {index + 1} and {index + 2} of {len(frames)} share position "
            f"{positions_mm[index]:.2f} mm, and neither acquisition number, temporal "
            "position nor trigger time tells complete stacks apart",
            "Keep one image per position, or give each stack its own series",
        )
    _check_even(series, positions_mm, gaps_mm)
    return float((positions_mm[-1] - positions_mm[0]) / (len(frames) - 1))


def _check_even(series: Series, positions_mm: np.ndarray, gaps_mm: np.ndarray) -> None:
    usual_mm = float(np.sort(gaps_mm)[(len(gaps_mm) - 1) // 2])
    odd = np.flatnonzero(np.abs(gaps_mm - usual_mm) > _GAP_TOLERANCE * usual_mm)
    if not odd.size:
        return
    steps = gaps_mm / usual_mm
    whole = np.abs(steps - np.round(steps)) <= _GAP_TOLERANCE * np.round(steps)
    first = int(odd[0])
    where = (
        f"between slices {first + 1} and {first + 2} (positions "
        f"{positions_mm[first]:.2f} and {positions_mm[first + 1]:.2f} mm, usual "
        f"distance {usual_mm:.2f} mm)"
    )
    if whole.all():
        missing = int(np.round(steps).sum()) - len(steps)
        raise fault(
            series,
            "missing_slice",
            f"{missing} of {len(series.frames) + missing} slices missing, the first "
            + where,
            _EXPORT_AGAIN,
        )
    raise fault(
        series,
        "uneven_spacing",
        f"slices are not evenly spaced {where}",
        _EXPORT_AGAIN,
    )


def _check_present(series: Series) -> None:
    for frame in series.frames:
        spacing = frame.spacing_mm
        numbers = (*(frame.orientation or ()), *(frame.position_mm or ()))
        if len(numbers) != 9 or not all(map(math.isfinite, numbers)):
            raise fault(
                series,
                "no_geometry",
                "an image without a position of its own (ImagePositionPatient and "
                "ImageOrientationPatient)",
                "Only slices with a position in the patient make a volume",
            )
        if spacing is None or not all(0 < s < math.inf for s in spacing):
            raise fault(
                series,
                "no_geometry",
                f"an image without a usable PixelSpacing. Received: {spacing}",
                "Only slices with a pixel spacing make a volume",
            )


def _check_same(series: Series) -> None:
    frames = series.frames
    matrices = sorted({(frame.rows, frame.columns) for frame in frames})
    if len(matrices) > 1:
        received = ", ".join(f"{rows} x {columns}" for rows, columns in matrices)
        raise fault(
            series,
            "mixed_matrix",
            f"slices differ in matrix size. Received: {received}",
            "Keep the slices of one matrix",
        )
    spacings = np.asarray([frame.spacing_mm for frame in frames])
    if np.abs(spacings / spacings[0] - 1).max() > 1e-3:
        lowest, highest = spacings.min(), spacings.max()
        raise fault(
            series,
            "mixed_spacing",
            "slices differ in pixel spacing. "
            f"Received: {lowest:.4f} to {highest:.4f} mm",
            "Keep the slices of one spacing",
        )
    turns = np.asarray([frame.orientation for frame in frames]).reshape(-1, 2, 3)
    chord = np.linalg.norm(turns - turns[0], axis=2).max()
    if chord > _TURN_TOLERANCE:
        raise fault(
            series,
            "mixed_orientation",
            "slices differ in orientation by up to "
            f"{np.degrees(2 * np.arcsin(min(1.0, chord / 2))):.2f} degrees",
            "Keep the slices of one orientation",
        )


def _direction(series: Series) -> np.ndarray:
    """Columns of the result `[3, 3]`: row direction, column direction, normal."""
    orientation = series.frames[0].orientation
    row, column = np.asarray(orientation[:3]), np.asarray(orientation[3:])
    lengths = np.linalg.norm(row), np.linalg.norm(column)
    if max(*(abs(length - 1) for length in lengths), abs(row @ column)) > 1e-2:
        raise fault(
            series,
            "bad_orientation",
            "row and column direction are no orthogonal unit vectors. Received: "
            + ", ".join(f"{cosine:.4f}" for cosine in orientation),
            "ImageOrientationPatient must hold two orthogonal unit vectors",
        )
    row = row / lengths[0]
    third = normal(orientation)
    return np.stack([row, np.cross(third, row), third], axis=1)


def _check_straight(series: Series, along: np.ndarray) -> None:
    """Slices lie above each other, to half a pixel: else the stack is sheared."""
    positions = np.asarray([frame.position_mm for frame in series.frames])
    drift = positions - positions[0]
    drift = drift - np.outer(drift @ along, along)
    drift_mm = float(np.linalg.norm(drift, axis=1).max())
    if drift_mm > 0.5 * min(series.frames[0].spacing_mm):
        raise fault(
            series,
            "shifted_slices",
            f"slices are shifted sideways by up to {drift_mm:.2f} mm, more than half "
            "a pixel",
            "Only slices stacked along their normal make a volume",
        )
