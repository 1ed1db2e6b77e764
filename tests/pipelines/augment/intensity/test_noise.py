import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from pipelines.augment.intensity.noise import normal
from pipelines.augment.intensity.settings import Intensity
from tests.pipelines.augment.pictures import varied, volume


@pytest.mark.parametrize("shape", [(20_001,), (31, 17, 19)])
def test_normal_draws_are_normal_and_independent(shape):
    drawn = normal(tf.constant(shape), tf.constant([5, 2])).numpy()
    assert drawn.shape == shape
    flat = drawn.ravel()
    assert stats.kstest(flat, stats.norm.cdf).pvalue > 0.001
    half = len(flat) // 2  # the two of a pair lie half the length apart
    for lag in (1, half, half + 1):
        assert abs(np.corrcoef(flat[:-lag], flat[lag:])[0, 1]) < 0.05


def test_gaussian_noise_has_its_deviation_and_no_bias():
    values = volume(shape=(16, 16, 16, 2))
    settings = Intensity(noise_chance=1.0, noise_deviation=(0.2, 0.2))
    noise = varied(values, settings) - values
    for channel in range(2):
        flat = noise[..., channel].ravel()
        assert stats.kstest(flat, stats.norm(0, 0.2).cdf).pvalue > 0.001
    assert abs(np.corrcoef(noise[..., 0].ravel(), noise[..., 1].ravel())[0, 1]) < 0.05


@pytest.mark.parametrize("signal", [0.0, 0.1, 3.0])
def test_rician_noise_has_its_distribution(signal):
    values = np.full((16, 16, 16, 1), signal - 2, np.float32)
    values[0, 0, 0], values[0, 0, 1] = -2, 8  # what the channel spans
    settings = Intensity(rician_chance=1.0, rician_deviation=(0.2, 0.2))
    magnitude = varied(values, settings).ravel()[2:] + 2
    rice = stats.rice(signal / 0.2, scale=0.2)
    assert stats.kstest(magnitude, rice.cdf).pvalue > 0.001


@pytest.mark.parametrize("kind", ["noise", "rician"])
def test_noise_without_deviation_changes_nothing(kind):
    values = volume()
    settings = Intensity(**{f"{kind}_chance": 1.0, f"{kind}_deviation": (0.0, 0.0)})
    np.testing.assert_allclose(varied(values, settings), values, atol=1e-6)
