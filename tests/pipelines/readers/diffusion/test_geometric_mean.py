"""The geometric mean of images."""

import numpy as np
import pytest
import SimpleITK as sitk

from pipelines.errors import StudyError
from pipelines.readers.diffusion.geometric_mean import geometric_mean


def refuse(code, problem, cure):
    return StudyError(code=code, problem=problem, cure=cure, private="here")


def image(*values):
    made = sitk.GetImageFromArray(np.array(values, dtype=np.int16).reshape(1, 1, -1))
    made.SetSpacing((2.0, 3.0, 4.0))
    return made


def test_the_mean_and_its_geometry():
    mean = geometric_mean([image(1, 0, 8), image(4, 5, 1), image(2, 5, 1)], refuse)
    np.testing.assert_allclose(sitk.GetArrayFromImage(mean), [[[2, 0, 2]]], rtol=1e-7)
    assert mean.GetSpacing() == (2.0, 3.0, 4.0)


def test_negative_values_are_refused():
    with pytest.raises(StudyError, match=r"Received: -1 \[here\]") as caught:
        geometric_mean([image(1, 2), image(-1, 3)], refuse)
    assert caught.value.code == "negative_values"
