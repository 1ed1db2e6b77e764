import numpy as np
import pytest
from scipy import stats

from pipelines.augment.intensity.settings import Intensity
from tests.pipelines.augment.pictures import limits, varied, volume


@pytest.mark.parametrize("signal", [0.0, 0.1, 3.0])
def test_rician_noise_has_its_distribution(signal):
    values = np.full((16, 16, 16, 1), signal - 2, np.float32)
    values[0, 0, 0], values[0, 0, 1] = -2, 8  # what the channel spans
    settings = Intensity(rician_chance=1.0, rician_deviation=(0.2, 0.2))
    magnitude = varied(values, settings).ravel()[2:] + 2
    rice = stats.rice(signal / 0.2, scale=0.2)
    assert stats.kstest(magnitude, rice.cdf).pvalue > 0.001


def test_noise_without_deviation_changes_nothing():
    values = volume()
    settings = Intensity(rician_chance=1.0, rician_deviation=(0.0, 0.0))
    np.testing.assert_allclose(varied(values, settings), values, atol=1e-6)


def test_limits_follow_tone():
    """Magnitudes are taken from where the lowest has moved to."""
    values = volume()
    settings = Intensity(
        contrast_chance=1.0,
        contrast_factor=(2.0, 2.0),
        brightness_chance=1.0,
        brightness_shift=(1.0, 1.0),
        rician_chance=1.0,
        rician_deviation=(0.0, 0.0),
    )
    _, _, mean = limits(values)
    expected = mean + 2 * (values - mean) + 1
    np.testing.assert_allclose(varied(values, settings), expected, atol=1e-4)
