"""The map of a pose, against the same composed with numpy, and known by hand."""

import math
from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from pipelines.augment.spatial import coordinates
from pipelines.augment.spatial import draw as poses
from pipelines.augment.spatial.draw import draw
from pipelines.augment.spatial.settings import Spatial

SHAPE = (5, 9, 11)
MIDDLE = (np.array(SHAPE) - 1) / 2
EVEN = tf.ones([3])


def a_pose(settings, spacing_mm=(1.0, 1.0, 1.0), seed=3):
    spacing_mm = tf.constant(spacing_mm, tf.float32)
    return draw(settings, tf.constant([seed, 7]), spacing_mm, SHAPE)


def many(settings, count, *names):
    """Those fields of the poses of `count` seeds, stacked."""

    @tf.function(autograph=False)
    def fields(seed):
        pose = draw(settings, tf.stack([seed, 7]), EVEN, SHAPE)
        return [getattr(pose, name) for name in names]

    drawn = [fields(tf.constant(seed)) for seed in range(count)]
    return [np.stack(one) for one in zip(*drawn)]


def source_of(pose, settings, voxel):
    """Where one voxel of the result comes from."""
    axes = coordinates.output_axes(pose, tf.range(SHAPE[0]), SHAPE)
    places = coordinates.source(pose, axes, settings, SHAPE)
    return np.array([np.broadcast_to(one, SHAPE)[voxel] for one in places])


def test_nothing_drawn_is_every_voxel_from_its_place():
    settings = Spatial(
        rotation_degrees=(90, 90, 90),
        rotation_chance=1e-9,
        elastic=(0.1, 0.1, 0.1),
        elastic_chance=1e-9,
        perspective=0.3,
        perspective_chance=1e-9,
        crop=(0.5, 0.5),
        crop_chance=1e-9,
    )
    pose = a_pose(settings, spacing_mm=(3.7, 0.3, 0.7))
    assert pose.still and not pose.through_slices
    for voxel in ((0, 0, 0), (4, 8, 10), (1, 6, 2)):
        np.testing.assert_array_equal(source_of(pose, settings, voxel), voxel)


@pytest.mark.parametrize("axis", range(3))
def test_rotation_is_one_of_millimetres(axis):
    """The angle, measured in the body, is that of every direction in the plane."""
    degrees = [0, 0, 0]
    degrees[axis] = 30
    settings = Spatial(rotation_degrees=tuple(degrees))
    spacing_mm = np.array([4.0, 0.5, 1.5])
    pose = a_pose(settings, spacing_mm)
    matrix = spacing_mm[:, None] * pose.matrix.numpy() / spacing_mm
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(3), atol=1e-6)
    assert np.linalg.det(matrix) == pytest.approx(1, abs=1e-6)
    assert matrix[axis].tolist() == np.eye(3)[axis].tolist()
    angle = math.degrees(math.acos((np.trace(matrix) - 1) / 2))
    assert 0 < angle <= 30


def test_shear_slides_one_axis_along_another():
    pose = a_pose(Spatial(shear_degrees=(20, 0, 0)), spacing_mm=(1.0, 2.0, 1.0))
    matrix = pose.matrix.numpy()
    slant = matrix[2, 1]
    assert 0 < abs(slant) <= 2 * math.tan(math.radians(20))  # rows lie 2 mm apart
    matrix[2, 1] = 0
    np.testing.assert_array_equal(matrix, np.eye(3))


@pytest.mark.parametrize("scale_depth", [False, True])
def test_scale_enlarges_about_the_middle(scale_depth):
    settings = Spatial(scale=(2, 2), scale_depth=scale_depth)
    found = source_of(a_pose(settings), settings, (0, 8, 1))
    expected = MIDDLE + (np.array([0, 8, 1]) - MIDDLE) / [1 + scale_depth, 2, 2]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_translation_is_a_share_of_the_size():
    settings = Spatial(translation=(0.2, 0.5, 0.1))
    (shifts,) = many(settings, 300, "shift")
    greatest = np.array(SHAPE) * [0.2, 0.5, 0.1]
    assert np.all(np.abs(shifts) <= greatest)
    assert np.all(shifts.max(axis=0) > 0.9 * greatest)
    assert np.all(shifts.min(axis=0) < -0.9 * greatest)
    found = source_of(a_pose(settings), settings, (1, 2, 3))
    np.testing.assert_allclose(found, [1, 2, 3] - a_pose(settings).shift, atol=1e-6)


def test_perspective_magnifies_one_edge_and_shrinks_the_other():
    settings = Spatial(perspective=0.3)
    pose = replace(a_pose(settings), tilt=tf.constant([0.25 / 4, 0.0]))
    upper = source_of(pose, settings, (2, 0, 10))
    lower = source_of(pose, settings, (2, 8, 10))
    np.testing.assert_allclose(upper, [2, 4 - 4 / 0.75, 5 + 5 / 0.75], atol=1e-5)
    np.testing.assert_allclose(lower, [2, 4 + 4 / 1.25, 5 + 5 / 1.25], atol=1e-5)


def test_a_crop_keeps_its_share_within_the_plane():
    settings = Spatial(crop=(0.2, 0.6))
    first, share = many(settings, 200, "first", "share")
    last = first + share[:, np.newaxis] * [8, 10]
    assert 0.2 <= share.min() < 0.22 and 0.58 < share.max() <= 0.6
    assert first.min() >= 0 and np.all(last <= [8.00001, 10.00001])
    assert np.all(first.min(axis=0) < 0.5) and np.all(last.max(axis=0) > [7.5, 9.5])
    pose = a_pose(settings)
    found = source_of(pose, settings, (3, 0, 0))
    np.testing.assert_allclose(found, [3, *pose.first], atol=1e-5)
    found = source_of(pose, settings, (3, 8, 10))
    last = pose.first + pose.share * [8.0, 10.0]
    np.testing.assert_allclose(found, [3, *last], atol=1e-5)


def test_mirrored_axes_come_from_the_other_end():
    settings = Spatial(flip=("depth", "width"), flip_chance=1.0)
    found = source_of(a_pose(settings), settings, (0, 2, 1))
    np.testing.assert_array_equal(found, [4, 2, 9])


def test_the_order_is_the_stated_one():
    """The picture: matrix, perspective, translation, elastic, crop, flip."""
    settings = Spatial(
        rotation_degrees=(40, 10, 20),
        shear_degrees=(10, 5, 5),
        scale=(0.7, 1.3),
        translation=(0.1, 0.2, 0.2),
        perspective=0.3,
        elastic=(0.05, 0.1, 0.1),
        elastic_points=(2, 3, 4),
        crop=(0.5, 0.8),
        flip=("height",),
        flip_chance=1.0,
    )
    pose = a_pose(settings, spacing_mm=(3, 1, 1))
    voxel = (1, 2, 7)
    cropped = np.array(
        [1, *(pose.first + pose.share * tf.constant([8.0 - 2, 7.0]))], np.float64
    )
    along = [
        poses.elastic.weights(tf.constant([cropped[a]], tf.float32), points, SHAPE[a])
        for a, points in enumerate(settings.elastic_points)
    ]
    bent = poses.elastic.displacement(pose.control, tuple(along)).numpy().ravel()
    centred = cropped - MIDDLE + bent - pose.shift.numpy()
    centred[1:] /= 1 + centred[1:] @ pose.tilt.numpy()
    expected = pose.matrix.numpy() @ centred + MIDDLE
    np.testing.assert_allclose(source_of(pose, settings, voxel), expected, atol=1e-4)


def test_the_greatest_elastic_deformation_folds_nothing():
    settings = Spatial(elastic=(0.4, 0.2, 0.4 / 3), elastic_points=(2, 3, 4))
    fine = [np.linspace(0, size - 1, 25, dtype=np.float32) for size in SHAPE]
    for seed in range(20):
        places = coordinates.source(
            a_pose(settings, seed=seed), tuple(map(tf.constant, fine)), settings, SHAPE
        )
        slopes = np.stack(
            [np.stack(np.gradient(place.numpy(), *fine)) for place in places]
        )
        volume = np.linalg.det(slopes.transpose(2, 3, 4, 0, 1))
        assert volume.min() > 0


def test_every_kind_happens_as_often_as_asked():
    settings = Spatial(
        rotation_degrees=(10, 10, 0),
        rotation_chance=0.3,
        crop=(0.5, 0.6),
        crop_chance=0.8,
    )
    through, share, still = many(settings, 300, "through_slices", "share", "still")
    assert 60 < through.sum() < 120
    assert 210 < (share != 1).sum() < 270
    assert 20 < still.sum() < 65
