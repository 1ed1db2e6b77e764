import numpy as np
import pytest
import tensorflow as tf
from scipy import ndimage

from pipelines.augment.spatial import interpolation

VOLUME = np.random.default_rng(0).normal(size=(5, 6, 7, 2)).astype(np.float32)
MASK = (VOLUME[..., 0] > 0).astype(np.uint8)


def places(shape, seed=1):
    """Places in and around the volume, and on its very voxels."""
    draw = np.random.default_rng(seed)
    found = [draw.uniform(-3, size + 2, shape) for size in VOLUME.shape]
    for axis in found[:3]:
        axis.ravel()[::3] = np.round(axis.ravel()[::3])
    return [axis.astype(np.float32) for axis in found[:3]]


def by_scipy(image, where, order):
    return ndimage.map_coordinates(image, where, order=order, mode="grid-constant")


def test_trilinear_is_what_scipy_computes():
    where = places((3, 4, 5))
    found = interpolation.trilinear(tf.constant(VOLUME), tuple(map(tf.constant, where)))
    for channel in range(2):
        expected = by_scipy(VOLUME[..., channel], where, 1)
        np.testing.assert_allclose(found[..., channel], expected, atol=1e-5)


def test_in_plane_is_what_scipy_computes_slice_by_slice():
    _, rows, columns = places((6, 7))
    found = interpolation.in_plane(
        tf.constant(VOLUME), tf.constant(rows), tf.constant(columns)
    )
    assert found.shape == VOLUME.shape
    for number in range(5):
        for channel in range(2):
            expected = by_scipy(VOLUME[number, ..., channel], [rows, columns], 1)
            np.testing.assert_allclose(found[number, ..., channel], expected, atol=1e-5)


def test_slices_between_slices_are_what_scipy_computes():
    depth = np.array([-2, -0.25, 0, 1.5, 3.75, 4, 4.5, 7], np.float32)
    found = interpolation.slices_at(tf.constant(VOLUME), tf.constant(depth))
    where = np.meshgrid(depth, np.arange(6), np.arange(7), indexing="ij")
    expected = by_scipy(VOLUME[..., 1], where, 1)
    np.testing.assert_allclose(found[..., 1], expected, atol=1e-6)


def test_the_nearest_voxel_of_a_mask():
    where = [axis + 0.013 for axis in places((3, 4, 5), seed=2)]  # no ties
    found = interpolation.nearest(tf.constant(MASK), tuple(map(tf.constant, where)))
    assert found.dtype == tf.uint8
    np.testing.assert_array_equal(found, by_scipy(MASK, where, 0))


def test_the_nearest_voxel_of_a_mask_in_its_plane():
    _, rows, columns = (axis + 0.013 for axis in places((6, 7), seed=3))
    found = interpolation.nearest_in_plane(
        tf.constant(MASK), tf.constant(rows), tf.constant(columns)
    )
    expected = [by_scipy(one, [rows, columns], 0) for one in MASK]
    np.testing.assert_array_equal(found, expected)


def test_the_nearest_slices_of_a_mask():
    depth = tf.constant([-0.6, -0.4, 1.4, 1.6, 4.4, 4.6])
    found = interpolation.nearest_slices(tf.constant(MASK), depth)
    nothing = np.zeros_like(MASK[0])
    expected = [nothing, MASK[0], MASK[1], MASK[2], MASK[4], nothing]
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("outside", [-1e6, -1.0, 7.0, 1e6])
def test_far_outside_is_nothing(outside):
    where = tuple(tf.fill([2, 2, 2], outside) for _ in range(3))
    assert not np.any(interpolation.trilinear(tf.constant(VOLUME), where))
