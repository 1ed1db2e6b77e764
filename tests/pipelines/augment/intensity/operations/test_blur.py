import numpy as np
import pytest
from scipy import ndimage

from pipelines.augment.intensity.settings import Intensity
from tests.pipelines.augment.pictures import varied, volume


@pytest.mark.parametrize("shape", [(3, 8, 7, 1), (2, 9, 12, 3)])
def test_blur_is_that_of_scipy(shape):
    values = volume(shape=shape)
    settings = Intensity(blur_chance=1.0, blur_voxels=(0.8, 0.8))
    transform = np.fft.fft2(values.astype(np.float64), axes=(1, 2))
    blurred = ndimage.fourier_gaussian(transform, (0, 0.8, 0.8, 0))
    expected = np.fft.ifft2(blurred, axes=(1, 2)).real
    np.testing.assert_allclose(varied(values, settings), expected, atol=1e-5)


def test_a_blur_far_from_the_border_is_that_of_an_ordinary_kernel():
    values = np.zeros((1, 21, 21, 1), np.float32)
    values[0, 10, 9] = 1
    settings = Intensity(blur_chance=1.0, blur_voxels=(1.5, 1.5))
    expected = ndimage.gaussian_filter(values, (0, 1.5, 1.5, 0), truncate=6)
    np.testing.assert_allclose(varied(values, settings), expected, atol=1e-5)
