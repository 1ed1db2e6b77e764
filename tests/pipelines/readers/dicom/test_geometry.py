"""Planes, spacing and the checks of a stack."""

import dataclasses

import numpy as np
import pytest

from pipelines.errors import StudyError
from pipelines.readers.dicom.geometry import measure, normal, plane
from pipelines.readers.dicom.headers import Frame, Series
from tests.pipelines.readers.dicom_files import COLUMN, NORMAL, ORIGIN, ROW

ORIENTATION = (*ROW, *COLUMN)


def stack(positions_mm=(0.0, 3.0, 6.0, 9.0), **changes):
    frames = tuple(
        Frame(
            path=f"{i}",
            rows=6,
            columns=7,
            orientation=ORIENTATION,
            position_mm=tuple(ORIGIN + position * NORMAL),
            spacing_mm=(1.5, 0.75),
            slice_thickness_mm=2.5,
        )
        for i, position in enumerate(positions_mm)
    )
    last = dataclasses.replace(frames[-1], **changes)
    return Series(
        patient_id="P1",
        study_uid="1.2.3",
        series_uid="1.2",
        series_number=4,
        description="SECRET",
        frames=(*frames[:-1], last),
    )


def turned(degrees):
    angle = np.radians(degrees)
    row = np.cos(angle) * ROW + np.sin(angle) * COLUMN
    return (*row, *np.cross(NORMAL, row))


@pytest.mark.parametrize(
    ("orientation", "wanted"),
    [
        ((1, 0, 0, 0, 1, 0), "axial"),
        ((1, 0, 0, 0, 0, -1), "coronal"),
        ((0, 1, 0, 0, 0, -1), "sagittal"),
        ((0.99999921, -0.0003986, -0.00119198, 0, 0.94837645, -0.31714683), "axial"),
        ((1, 0, 0, 0, 0.7193398, -0.6946584), "axial"),  # 44 degrees
        ((1, 0, 0, 0, 0.6946584, -0.7193398), "coronal"),  # 46 degrees
        ((0.8, -0.6, 0, 0.36, 0.48, -0.8), "oblique"),
        ((0.70710678, -0.70710678, 0, 0.40824829, 0.40824829, -0.81649658), "oblique"),
        (None, ""),
    ],
)
def test_plane(orientation, wanted):
    assert plane(orientation) == wanted


def test_normal_is_right_handed():
    np.testing.assert_allclose(normal((1, 0, 0, 0, 1, 0)), [0, 0, 1])
    np.testing.assert_allclose(normal((1, 0, 0, 0, 0, -1)), [0, 1, 0])


def test_measure():
    geometry = measure(stack())
    assert geometry.spacing_mm == pytest.approx((0.75, 1.5, 3.0))
    assert geometry.origin_mm == pytest.approx(tuple(ORIGIN))
    direction = np.asarray(geometry.direction).reshape(3, 3)
    np.testing.assert_allclose(direction, np.stack([ROW, COLUMN, NORMAL], axis=1))
    assert np.linalg.det(direction) == pytest.approx(1)


def test_one_slice_takes_its_thickness():
    assert measure(stack((0.0,))).spacing_mm[2] == 2.5


def test_small_noise_of_positions_is_no_fault():
    assert measure(stack((0, 3.002, 5.999, 9))).spacing_mm[2] == pytest.approx(3)


@pytest.mark.parametrize(
    ("series", "code", "match"),
    [
        (stack((0, 3, 9, 12)), "missing_slice", "1 of 5 slices missing.*slices 2 and"),
        (stack((0, 3, 12)), "missing_slice", "2 of 5 slices missing"),
        (stack((0, 3, 3.004, 6)), "duplicate_position", "slices 2 and 3 of 4 share"),
        (stack((0, 3, 6, 10)), "uneven_spacing", "not evenly spaced between slices 3"),
        (stack((0,), slice_thickness_mm=None), "unknown_thickness", "Received: None"),
        (stack(position_mm=None), "no_geometry", "without a position of its own"),
        (stack(orientation=None), "no_geometry", "without a position of its own"),
        (stack(spacing_mm=None), "no_geometry", "usable PixelSpacing. Received: None"),
        (stack(spacing_mm=(1.5, 0.0)), "no_geometry", "usable PixelSpacing"),
        (stack(rows=5), "mixed_matrix", "matrix size. Received: 5 x 7, 6 x 7"),
        (stack(spacing_mm=(1.5, 0.8)), "mixed_spacing", "in pixel spacing"),
        (stack(orientation=turned(0.5)), "mixed_orientation", "up to 0.50 degrees"),
        (
            stack((0,), orientation=(1, 0, 0, 0.5, 0.5, 0)),
            "bad_orientation",
            "no orthogonal unit vectors",
        ),
        (
            stack(position_mm=tuple(ORIGIN + 9 * NORMAL + 0.5 * ROW)),
            "shifted_slices",
            "sideways by up to 0.50 mm",
        ),
    ],
)
def test_faults(series, code, match):
    with pytest.raises(StudyError, match=match) as raised:
        measure(series)
    assert raised.value.code == code
    assert "series 4" in raised.value.problem
    assert "SECRET" not in raised.value.problem + raised.value.cure
    assert "SECRET" in raised.value.private
    assert "1.2.3" in raised.value.private


def test_fault_of_a_series_without_number():
    series = dataclasses.replace(stack((0, 3, 9)), series_number=None)
    with pytest.raises(StudyError, match="a series without number: 1 of 4"):
        measure(series)
