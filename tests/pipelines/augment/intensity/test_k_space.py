import numpy as np
import pytest
from scipy import ndimage

from pipelines.augment.intensity.settings import Intensity
from tests.pipelines.augment.pictures import varied, volume


def frequencies(values):
    """Of height and width, in cycles a voxel, to be multiplied with the transform."""
    height, width = values.shape[1:3]
    return (
        np.abs(np.fft.fftfreq(height))[:, None, None],
        np.abs(np.fft.fftfreq(width))[:, None],
    )


def filtered(values, response):
    """numpy's Fourier transform in the plane, times a response."""
    transform = np.fft.fft2(values.astype(np.float64), axes=(1, 2))
    return np.fft.ifft2(transform * response, axes=(1, 2)).real


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


def test_sharpening_gives_back_what_a_blur_takes():
    values = volume(shape=(2, 9, 12, 3))
    gains = [
        1 + 0.7 * (1 - np.exp(-2 * (np.pi * frequency) ** 2))
        for frequency in frequencies(values)
    ]
    settings = Intensity(sharpness_chance=1.0, sharpness_gain=(0.7, 0.7))
    expected = filtered(values, gains[0] * gains[1])
    np.testing.assert_allclose(varied(values, settings), expected, atol=1e-5)


@pytest.mark.parametrize("kept", [0.5, 0.75])
def test_ringing_is_a_box_of_k_space(kept):
    values = volume(shape=(2, 16, 9, 2))
    height, width = frequencies(values)
    settings = Intensity(gibbs_chance=1.0, gibbs_kept=(kept, kept))
    expected = filtered(values, (height <= kept / 2) * (width <= kept / 2))
    np.testing.assert_allclose(varied(values, settings), expected, atol=1e-5)


def test_ghosts_are_the_body_shifted_along_height_or_width():
    values = volume(shape=(1, 12, 12, 1))
    settings = Intensity(
        ghosting_chance=1.0, ghosting_strength=(0.3, 0.3), ghosting_copies=(3, 3)
    )

    def ghosts(axis):  # every third line of k-space weakened, its centre restored
        copies = sum(np.roll(values, 4 * k, axis) for k in range(3)) / 3
        return values - 0.3 * (copies - values.mean(axis, keepdims=True))

    seen = set()
    for seed in range(20):
        found = varied(values, settings, (seed, 0))
        fits = [axis for axis in (1, 2) if np.allclose(found, ghosts(axis), atol=1e-5)]
        assert len(fits) == 1
        seen |= {*fits}
    assert seen == {1, 2}


def test_all_together_are_the_product_of_their_responses():
    values = volume(shape=(2, 16, 9, 2))
    height, width = frequencies(values)
    settings = Intensity(
        blur_chance=1.0,
        blur_voxels=(0.4, 0.4),
        sharpness_chance=1.0,
        sharpness_gain=(0.5, 0.5),
        gibbs_chance=1.0,
        gibbs_kept=(0.7, 0.7),
    )
    response = 1.0
    for frequency in (height, width):
        response = response * np.exp(-2 * (np.pi * 0.4 * frequency) ** 2)
        gain = 1 - np.exp(-2 * (np.pi * frequency) ** 2)
        response = response * (1 + 0.5 * gain) * (frequency <= 0.35)
    expected = filtered(values, response)
    np.testing.assert_allclose(varied(values, settings), expected, atol=1e-5)
