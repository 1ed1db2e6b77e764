import numpy as np

from pipelines.augment.intensity.settings import Intensity
from tests.pipelines.augment.fourier import filtered, frequencies
from tests.pipelines.augment.pictures import varied, volume


def test_sharpening_gives_back_what_a_blur_takes():
    values = volume(shape=(2, 9, 12, 3))
    gains = [
        1 + 0.7 * (1 - np.exp(-2 * (np.pi * frequency) ** 2))
        for frequency in frequencies(values)
    ]
    settings = Intensity(sharpness_chance=1.0, sharpness_gain=(0.7, 0.7))
    expected = filtered(values, gains[0] * gains[1])
    np.testing.assert_allclose(varied(values, settings), expected, atol=1e-5)
