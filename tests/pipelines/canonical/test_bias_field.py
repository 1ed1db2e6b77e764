import numpy as np
import pytest
import SimpleITK as sitk

from pipelines.canonical import bias_field
from pipelines.errors import StudyError
from tests.pipelines.canonical.conftest import build_image


def biased(shape=(16, 24, 24)):
    """A ball of two tissues under a field from 0.6 to 1.4, on a background of 0."""
    d, h, w = np.meshgrid(*(np.linspace(-1, 1, n) for n in shape), indexing="ij")
    inside = d**2 + h**2 + w**2 < 0.8
    tissue = np.where(h > 0.3, 300.0, 200.0) + np.random.default_rng(0).normal(
        0, 4, shape
    )
    field = 1 + 0.4 * w
    return np.where(inside, tissue * field, 0).astype(np.int16), inside & (h <= 0.3)


def variation(values):
    return values.std() / values.mean()


def test_a_planted_field_is_reduced():
    voxels, tissue = biased()
    image = build_image(voxels, (1, 1, 1))
    corrected = bias_field.correct(image, "T1")
    found = sitk.GetArrayFromImage(corrected)
    assert variation(found[tissue]) < 0.5 * variation(voxels[tissue])
    assert np.all(found[voxels == 0] == 0)
    assert corrected.GetOrigin() == image.GetOrigin()
    again = sitk.GetArrayFromImage(bias_field.correct(image, "T1"))
    np.testing.assert_array_equal(found, again)


def test_an_image_without_positive_values():
    voxels = -biased()[0]
    with pytest.raises(StudyError, match="N4 found no bias field in T1") as caught:
        bias_field.correct(build_image(voxels), "T1")
    assert caught.value.code == "n4_failed"
