import numpy as np
import SimpleITK as sitk

from pipelines.canonical import crop
from pipelines.canonical.crop import foreground, foreground_box
from pipelines.canonical.sampling_grid import Box
from tests.pipelines.canonical.conftest import build_image


def body(first=(3, 4, 5), last=(9, 12, 15), seed=0):
    """Noise of 0..20 with a body of 400..500, corners as D, H, W."""
    random = np.random.default_rng(seed)
    voxels = random.integers(0, 20, (12, 16, 20))
    inside = tuple(slice(a, b + 1) for a, b in zip(first, last))
    voxels[inside] = random.integers(400, 500, voxels[inside].shape)
    return voxels.astype(np.int16)


def unit_image(voxels, **geometry):
    return build_image(voxels, (1, 1, 1), (0, 0, 0), **geometry)


def test_box_of_the_body():
    box = foreground_box([unit_image(body())], [None])
    assert box == Box(first=(5, 4, 3), last=(15, 12, 9))


def test_specks_and_one_bright_voxel_do_not_count():
    voxels = body()
    voxels[0, 0, 0] = 450
    voxels[5, 5, 6] = 32000
    box = foreground_box([unit_image(voxels)], [None])
    assert box == Box(first=(5, 4, 3), last=(15, 12, 9))


def test_box_holds_the_foreground_of_all_images():
    other = unit_image(body((1, 6, 7), (5, 14, 10), seed=1))
    box = foreground_box([unit_image(body()), other], [None, None])
    assert box == Box(first=(5, 4, 1), last=(15, 14, 9))


def test_images_that_lie_on_the_reference_need_no_resampling(monkeypatch):
    images = [unit_image(body()), unit_image(body((1, 6, 7), (5, 14, 10), seed=1))]
    resampled = foreground_box(images, [sitk.Transform(3, sitk.sitkIdentity)] * 2)
    monkeypatch.setattr(crop, "resample_mask", None)
    assert foreground_box(images, [None, None]) == resampled


def test_another_image_counts_where_its_transform_puts_it():
    shift = sitk.TranslationTransform(3, (2, 0, 0))
    images = [unit_image(body()), unit_image(body((3, 4, 5), (9, 12, 15), 1))]
    box = foreground_box(images, [None, shift])
    assert box == Box(first=(3, 4, 3), last=(15, 12, 9))


def test_foreground_of_two_values():
    voxels = np.zeros((8, 8, 8), np.int16)
    voxels[4, 4, 4] = 1
    mask = sitk.GetArrayFromImage(foreground(unit_image(voxels)))
    np.testing.assert_array_equal(mask, voxels)


def test_foreground_of_a_flat_image_crops_nothing():
    flat = unit_image(np.full((8, 8, 8), 3, np.int16))
    assert foreground_box([flat], [None]) == Box(first=(0, 0, 0), last=(7, 7, 7))
