import numpy as np
from scipy import stats

from pipelines.augment.intensity.settings import Intensity
from tests.pipelines.augment.pictures import varied, volume


def test_gaussian_noise_has_its_deviation_and_no_bias():
    values = volume(shape=(16, 16, 16, 2))
    settings = Intensity(noise_chance=1.0, noise_deviation=(0.2, 0.2))
    noise = varied(values, settings) - values
    for channel in range(2):
        flat = noise[..., channel].ravel()
        assert stats.kstest(flat, stats.norm(0, 0.2).cdf).pvalue > 0.001
    assert abs(np.corrcoef(noise[..., 0].ravel(), noise[..., 1].ravel())[0, 1]) < 0.05


def test_noise_without_deviation_changes_nothing():
    values = volume()
    settings = Intensity(noise_chance=1.0, noise_deviation=(0.0, 0.0))
    np.testing.assert_allclose(varied(values, settings), values, atol=1e-6)
