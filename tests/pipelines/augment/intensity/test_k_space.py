import numpy as np

from pipelines.augment.intensity.settings import Intensity
from tests.pipelines.augment.fourier import filtered, frequencies
from tests.pipelines.augment.pictures import varied, volume


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
