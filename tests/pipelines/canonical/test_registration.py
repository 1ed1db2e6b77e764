import math

import numpy as np
import pytest
import SimpleITK as sitk

from pipelines.canonical import registration
from pipelines.errors import StudyError
from tests.pipelines.canonical.conftest import build_image, build_voxels

SHIFT_MM = np.array([2.0, -2.0, 1.0])  # 3 mm long
TURN_DEGREES = 4.0


def pair(shape=(20, 28, 32)):
    """Two contrasts of one phantom, the second shifted by 3 mm and turned by 4 deg."""
    texture = np.random.default_rng(0).random(shape).astype(np.float32)
    texture = sitk.GetArrayFromImage(
        sitk.DiscreteGaussian(sitk.GetImageFromArray(texture), [4.0, 4.0, 2.0])
    )
    voxels = build_voxels(shape) * (texture / texture.mean()) ** 4
    fixed = build_image(voxels.astype(np.float32), (2, 2, 3), (-31, -27, -28))
    planted = sitk.Euler3DTransform(
        (0, 0, 0), 0, 0, math.radians(TURN_DEGREES), SHIFT_MM.tolist()
    )
    other = sitk.Sqrt(sitk.Abs(fixed)) * 10
    moving = sitk.Resample(other, other, planted.GetInverse(), sitk.sitkLinear, 0.0)
    return fixed, moving, planted


def test_recovers_a_planted_motion():
    fixed, moving, planted = pair()
    found = registration.rigid(moving, fixed, "T2")
    for point in [(0, 0, 0), (20, 0, 0), (0, -20, 0), (10, 10, 15)]:
        error = math.dist(found.TransformPoint(point), planted.TransformPoint(point))
        assert error < 0.6  # mm, of voxels of 2 x 2 x 3 mm
    again = registration.rigid(moving, fixed, "T2")
    assert found.GetParameters() == again.GetParameters()


def test_too_few_slices():
    fixed, moving, _ = pair()
    with pytest.raises(StudyError, match="T2 could not be registered") as caught:
        registration.rigid(moving[:, :, :2], fixed[:, :, :2], "T2")
    assert caught.value.code == "registration_failed"


def test_a_motion_that_no_patient_makes(monkeypatch):
    fixed, moving, _ = pair()
    monkeypatch.setattr(registration, "_LARGEST_SHIFT_MM", 1.0)
    with pytest.raises(
        StudyError, match=r"Received: a shift of 3 mm, a turn of [34] deg"
    ):
        registration.rigid(moving, fixed, "T2")
