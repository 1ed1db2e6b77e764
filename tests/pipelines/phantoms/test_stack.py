import numpy as np
import pytest

from pipelines.phantoms.stack import Stack, tilted


def _stack(**changed):
    fields = {
        "centre_mm": (3.0, -5.0, 7.0),
        "row_direction": (1.0, 0.0, 0.0),
        "column_direction": (0.0, 1.0, 0.0),
        "spacing_mm": (5.0, 2.0, 3.0),
        "shape": (4, 6, 8),
        "thickness_mm": 4.0,
    }
    return Stack(**{**fields, **changed})


def _oblique():
    rows, columns = tilted(((1, 0, 0), (0, 1, 0)), (8.0, -5.0, 20.0))
    return _stack(row_direction=rows, column_direction=columns)


def test_columns_run_left_rows_back_and_slices_up():
    points = _stack().points_mm()
    assert points.shape == (3, 4, 6, 8)
    assert np.allclose(points[:, 0, 0, 1] - points[:, 0, 0, 0], (3, 0, 0))
    assert np.allclose(points[:, 0, 1, 0] - points[:, 0, 0, 0], (0, 2, 0))
    assert np.allclose(points[:, 1, 0, 0] - points[:, 0, 0, 0], (0, 0, 5))
    assert np.allclose(points.mean(axis=(1, 2, 3)), (3, -5, 7))


def test_position_is_the_first_voxel_of_an_oblique_slice():
    stack = _oblique()
    points = stack.points_mm()
    for index in range(4):
        assert np.allclose(points[:, index, 0, 0], stack.position_mm(index), atol=1e-4)


def test_tilt_keeps_a_right_angle_and_turns_the_normal():
    stack = _oblique()
    assert np.dot(stack.row_direction, stack.column_direction) == pytest.approx(0)
    degrees = np.degrees(np.arccos(stack.normal[2]))
    assert 9 < degrees < 10  # 8 and 5 degrees about perpendicular axes


def test_wave_is_the_cosine_of_the_points():
    stack = _oblique()
    vector = np.array([0.02, -0.05, 0.11])
    angle = np.einsum("a,adhw->dhw", vector, stack.points_mm()) + 0.4
    assert np.allclose(stack.wave(vector, 0.4), np.cos(angle), atol=1e-4)


def test_directions_must_be_perpendicular_unit_vectors():
    with pytest.raises(ValueError, match="perpendicular unit vectors"):
        _stack(column_direction=(0.6, 0.8, 0.0))


def test_shape_must_be_positive():
    with pytest.raises(ValueError, match=r"must be positive.*shape=\(0, 6, 8\)"):
        _stack(shape=(0, 6, 8))
