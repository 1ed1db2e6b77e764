import math

import numpy as np
import pytest
import SimpleITK as sitk

from pipelines.canonical.resample import resample_image, resample_mask, sigma_mm
from pipelines.canonical.sampling_grid import Lattice
from tests.pipelines.canonical.conftest import build_image


def lattice(size, spacing=(1, 1, 1), origin=(0, 0, 0)):
    return Lattice(origin_mm=origin, spacing_mm=spacing, size=size)


def unit_image(voxels):
    return build_image(voxels, (1, 1, 1), (0, 0, 0))


def test_sigma_is_that_of_matched_widths():
    width = 2 * math.sqrt(2 * math.log(2))  # full width at half maximum, in sigmas
    assert (sigma_mm(1, 3) * width) ** 2 + 1**2 == pytest.approx(3**2)
    assert sigma_mm(2, 2) == sigma_mm(2, 1) == 0


@pytest.mark.parametrize("kind", [np.int16, np.int32, np.float32])
def test_shared_voxels_are_copied(voxels, kind):
    source = voxels.astype(kind)
    if kind is np.int32:
        source += 2**30 + 1  # float32 would lose its last bits
    found = resample_image(
        unit_image(source), lattice((22, 10, 12), origin=(-1, 3, 0)), fill=-5
    )
    expected = np.pad(source[:, 3:13], ((0, 0), (0, 0), (1, 1)), constant_values=-5)
    np.testing.assert_array_equal(found, expected)


def test_linear_between_voxels():
    ramp = np.arange(8, dtype=np.int16) * np.ones((4, 4, 1), np.int16) * 10
    found = resample_image(
        unit_image(ramp), lattice((14, 4, 4), (0.5, 1, 1), (0.25, 0, 0)), fill=0
    )
    np.testing.assert_allclose(found[1, 2], (0.25 + np.arange(14) / 2) * 10)


def test_stripes_do_not_alias():
    stripes = np.zeros((4, 4, 63), np.float32)
    stripes[..., ::2] = 100  # every second voxel: a grid of 2 mm sees only these
    grid = lattice((28, 4, 4), (2, 1, 1), (4, 0, 0))
    found = resample_image(unit_image(stripes), grid, fill=0)
    bare = sitk.GetArrayFromImage(sitk.Shrink(unit_image(stripes), (2, 1, 1)))
    assert np.ptp(bare) == 0 and bare.max() in (0, 100)
    # The Gaussian passes exp(-(2 pi f sigma)^2 / 2) of the stripes, f = 1/2 a voxel;
    # sampling it folds as much again from f = -1/2.
    passed = 50 * 2 * math.exp(-((math.pi * sigma_mm(1, 2)) ** 2) / 2)
    np.testing.assert_allclose(found, 50 + passed, atol=0.2)


def test_smooths_only_axes_that_shrink():
    point = np.zeros((9, 9, 17), np.float32)
    point[4, 4, 8] = 1
    found = resample_image(
        unit_image(point), lattice((5, 9, 9), (2, 1, 1), (4, 0, 0)), fill=0
    )
    assert np.count_nonzero(found.sum(axis=(0, 1))) > 1
    assert np.count_nonzero(found.sum(axis=(1, 2))) == 1
    assert np.count_nonzero(found.sum(axis=(0, 2))) == 1


def test_a_flat_image_stays_flat_when_shrunk():
    flat = np.full((12, 12, 12), 7, np.float32)
    found = resample_image(
        unit_image(flat), lattice((3, 3, 3), (4, 4, 4), (1.5, 1.5, 1.5)), fill=0
    )
    np.testing.assert_allclose(found, 7, rtol=1e-5)


def test_outside_the_image_is_fill():
    flat = np.full((4, 4, 4), 7, np.int16)
    found = resample_image(
        unit_image(flat), lattice((12, 4, 4), (0.8, 1, 1), (-1, 0, 0)), fill=-3
    )
    centres = -1 + 0.8 * np.arange(12)
    inside = (centres > -0.5) & (centres < 3.5)
    np.testing.assert_array_equal(found[0, 0], np.where(inside, 7, -3))


def test_a_transform_moves_the_samples():
    voxels = np.random.default_rng(0).integers(0, 9, (4, 4, 8)).astype(np.int16)
    found = resample_image(
        unit_image(voxels),
        lattice((8, 4, 4)),
        fill=0,
        transform=sitk.TranslationTransform(3, (2, 0, 0)),
    )
    np.testing.assert_allclose(found[..., :6], voxels[..., 2:])
    np.testing.assert_array_equal(found[..., 6:], 0)


@pytest.mark.parametrize("target", [0.7, 1.0, 2.3])
def test_straight_and_oblique_images_go_the_same_way(voxels, target):
    """A turn too small to move a voxel sends the image through `sitk.Resample`."""
    image = unit_image(voxels)
    turned = unit_image(voxels)
    turned.SetDirection(sitk.Euler3DTransform((0, 0, 0), 0, 0, 1e-9).GetMatrix())
    grid = lattice((9, 8, 7), (target, target, target), (0.3, 0.2, 0.1))
    np.testing.assert_allclose(
        resample_image(image, grid, fill=-1),
        resample_image(turned, grid, fill=-1),
        atol=1e-2,
    )


def test_a_mask_takes_the_nearest_voxel():
    mask = np.zeros((4, 4, 6), np.int16)
    mask[1:3, 1:3, 2:4] = 5
    found = resample_mask(
        unit_image(mask), lattice((12, 4, 6), (0.5, 1, 1), (-0.25, 0, 0))
    )
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(found[:4], (mask > 0).repeat(2, axis=2))
    assert not found[4:].any()
