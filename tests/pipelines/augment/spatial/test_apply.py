"""Whole draws: known transforms of an asymmetric phantom, and scipy as the oracle."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf
from scipy import ndimage

from pipelines.augment.spatial import apply as apply_spatial
from pipelines.augment.spatial import coordinates
from pipelines.augment.spatial import draw as poses
from pipelines.augment.spatial.apply import Subject, vary
from pipelines.augment.spatial.settings import AXES, Spatial

SHAPE = (6, 8, 8)
SPACING_MM = (3.0, 1.0, 1.0)


def phantom(channels=2, shape=SHAPE):
    """No two voxels are alike; the last channel is absent."""
    volume = np.arange(np.prod(shape) * channels, dtype=np.float32) + 1
    volume = volume.reshape(*shape, channels) / volume.size
    volume[..., -1] = 0
    return volume


def mask_of(shape=SHAPE):
    return (np.random.default_rng(0).random(shape) > 0.6).astype(np.uint8)


def seed_of(number):
    return tf.constant([number, 11])


def drawn(settings, seed=3, volume=None, **fields):
    volume = phantom() if volume is None else volume
    subject = Subject(
        volume=tf.constant(volume), spacing_mm=tf.constant(SPACING_MM), **fields
    )
    found = vary(subject, seed_of(seed), settings)
    return [one.numpy() for one in found.values()]


EVERYTHING = {
    "flip": AXES,
    "rotation_degrees": (40, 20, 20),
    "shear_degrees": (10, 5, 5),
    "scale": (0.8, 1.2),
    "scale_depth": True,
    "translation": (0.1, 0.1, 0.1),
    "perspective": 0.2,
    "elastic": (0.1, 0.1, 0.1),
    "elastic_points": (2, 3, 3),
    "crop": (0.6, 0.9),
}
IN_PLANE = EVERYTHING | {
    "rotation_degrees": (40, 0, 0),
    "shear_degrees": (10, 0, 0),
    "elastic": (0, 0.1, 0.1),
    "elastic_points": (1, 3, 3),
}
CHANCES = [f"{kind}_chance" for kind in Spatial().acting]
SETTINGS = [Spatial(**EVERYTHING), Spatial(**IN_PLANE), Spatial(flip=AXES)]


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("seed", range(3))
def test_values_are_those_at_the_places_of_the_map(settings, seed):
    """Against scipy, given the places."""
    found, mask = drawn(settings, seed, mask=tf.constant(mask_of()))
    pose = poses.draw(settings, seed_of(seed), tf.constant(SPACING_MM), SHAPE)
    axes = coordinates.output_axes(pose, tf.range(SHAPE[0]), SHAPE)
    places = coordinates.source(pose, axes, settings, SHAPE)
    places = [np.broadcast_to(one, SHAPE) for one in places]
    expected = ndimage.map_coordinates(
        phantom()[..., 0], places, order=1, mode="grid-constant"
    )
    np.testing.assert_allclose(found[..., 0], expected, atol=2e-5)
    away = [np.abs(one - np.floor(one) - 0.5) for one in places]  # from ties
    clear = np.min(away, axis=0) > 1e-4
    nearest = ndimage.map_coordinates(mask_of(), places, order=0, mode="grid-constant")
    np.testing.assert_array_equal(mask[clear], nearest[clear])


@pytest.mark.parametrize("seed", range(4))
def test_the_map_of_the_plane_is_the_general_map(seed):
    settings = Spatial(**IN_PLANE)
    subject = Subject(
        volume=tf.constant(phantom()),
        mask=tf.constant(mask_of()),
        spacing_mm=tf.constant(SPACING_MM),
    )
    pose = poses.draw(settings, seed_of(seed), subject.spacing_mm, SHAPE)
    fast = apply_spatial._in_plane(subject, pose, settings)
    general = apply_spatial._through_slices(subject, pose, settings)
    np.testing.assert_allclose(fast["volume"], general["volume"], atol=1e-6)
    np.testing.assert_array_equal(fast["mask"], general["mask"])


QUARTERS = {
    0: ((3.0, 1.0, 1.0), [[1, 0, 0], [0, 0, -1], [0, 1, 0]], (1, 2)),
    1: ((1.0, 3.0, 1.0), [[0, 0, 1], [0, 1, 0], [-1, 0, 0]], (2, 0)),
    2: ((2.0, 2.0, 5.0), [[0, -1, 0], [1, 0, 0], [0, 0, 1]], (0, 1)),
}


@pytest.mark.parametrize("axis", range(3))
def test_a_quarter_turn_is_that_of_numpy(axis):
    """From the first axis of the plane towards the second, as `numpy.rot90`."""
    spacing_mm, matrix, plane = QUARTERS[axis]
    angles = [0.0, 0.0, 0.0]
    angles[axis] = np.pi / 2
    turn = poses._rotation(tf.constant(angles))
    np.testing.assert_allclose(turn, matrix, atol=1e-6)
    degrees = [0.0, 0.0, 0.0]
    degrees[axis] = 90.0
    settings = Spatial(rotation_degrees=tuple(degrees))
    volume, spacing_mm = phantom(shape=(7, 7, 7)), tf.constant(spacing_mm)
    pose = poses.draw(settings, seed_of(0), spacing_mm, (7, 7, 7))
    pose = replace(pose, matrix=poses._in_voxels(tf.linalg.inv(turn), spacing_mm))
    subject = Subject(volume=tf.constant(volume), spacing_mm=spacing_mm)
    found = apply_spatial.resample(subject, pose, settings)["volume"]
    np.testing.assert_allclose(found, np.rot90(volume, 1, plane), atol=1e-5)


def test_a_whole_voxel_of_translation_is_a_shift():
    settings = Spatial(translation=(0.5, 0.5, 0.5))
    pose = poses.draw(settings, seed_of(0), tf.constant(SPACING_MM), SHAPE)
    pose = replace(pose, shift=tf.constant([1.0, -2.0, 3.0]))
    subject = Subject(volume=tf.constant(phantom()), spacing_mm=tf.constant(SPACING_MM))
    found = apply_spatial.resample(subject, pose, settings)["volume"]
    expected = np.zeros_like(phantom())
    expected[1:, :-2, 3:] = phantom()[:-1, 2:, :-3]
    np.testing.assert_array_equal(found, expected)


def test_a_pose_of_no_change_is_exact_whichever_way_it_is_computed():
    settings = Spatial(**EVERYTHING | {"flip": ()})
    still = Spatial(**EVERYTHING | dict.fromkeys(CHANCES, 1e-9) | {"flip": ()})
    subject = Subject(
        volume=tf.constant(phantom()),
        mask=tf.constant(mask_of()),
        spacing_mm=tf.constant((3.1, 0.7, 0.3)),
    )
    pose = poses.draw(still, seed_of(0), subject.spacing_mm, SHAPE)
    assert pose.still
    for way in (apply_spatial._through_slices, apply_spatial._in_plane):
        found = way(subject, pose, settings)
        np.testing.assert_array_equal(found["volume"], phantom())
        np.testing.assert_array_equal(found["mask"], mask_of())
    found = vary(subject, seed_of(0), still)["volume"]
    np.testing.assert_array_equal(found, phantom())


@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("slices", [[3], [0, 2, 5], [0, 0, 1]])
def test_wanted_slices_are_those_of_the_whole(settings, slices):
    wanted = {"slices": tf.constant(slices)}
    whole, mask = drawn(settings, mask=tf.constant(mask_of()))
    some, some_mask = drawn(settings, mask=tf.constant(mask_of()), **wanted)
    last = SHAPE[0] - 1
    pose = poses.mirrored(seed_of(3), settings)
    places = [last - one for one in reversed(slices)] if pose[0] else slices
    np.testing.assert_allclose(some, whole[places], atol=1e-6)
    np.testing.assert_array_equal(some_mask, mask[places])


def test_eagerly_and_in_a_data_set_the_same():
    settings = Spatial(**EVERYTHING)

    def of_seed(number):
        subject = Subject(
            volume=tf.constant(phantom()),
            slices=tf.constant([0, 1, 4]),
            spacing_mm=tf.constant(SPACING_MM),
        )
        return vary(subject, tf.stack([number, 11]), settings)["volume"]

    mapped = tf.data.Dataset.range(3).map(of_seed, num_parallel_calls=2)
    first = [*mapped]
    for number, (one, other) in enumerate(zip(first, mapped)):
        assert one.shape == (3, 8, 8, 2)
        np.testing.assert_array_equal(one, other)
        np.testing.assert_allclose(one, of_seed(tf.constant(number)), atol=1e-5)
    assert not np.array_equal(first[0], first[1])


@pytest.mark.parametrize("settings", SETTINGS)
def test_an_absent_channel_stays_nothing(settings):
    (found,) = drawn(settings)
    assert np.any(found[..., 0]) and not np.any(found[..., 1])


def test_one_voxel_more_or_less_than_the_plane():
    """A grid of one slice, row and column has nothing to turn, and no error."""
    settings = Spatial(**EVERYTHING)
    (found,) = drawn(settings, volume=np.ones((1, 1, 1, 1), np.float32))
    assert found.shape == (1, 1, 1, 1) and np.all(np.isfinite(found))
