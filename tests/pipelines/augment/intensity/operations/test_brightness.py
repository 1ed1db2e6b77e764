import numpy as np
from scipy import stats

from pipelines.augment.intensity.settings import Intensity
from tests.pipelines.augment.pictures import often, varied, volume


def test_brightness():
    values = volume()
    settings = Intensity(brightness_chance=1.0, brightness_shift=(0.3, 0.3))
    np.testing.assert_array_equal(varied(values, settings), values + np.float32(0.3))


def test_amounts_are_even_and_each_sequence_has_its_own():
    values = volume(shape=(1, 2, 2, 3))
    settings = Intensity(brightness_chance=1.0, brightness_shift=(-0.2, 0.6))
    shifts = (often(values, settings, 300)[0] - values)[:, 0, 0, 0]
    assert stats.kstest(shifts.ravel(), stats.uniform(-0.2, 0.8).cdf).pvalue > 0.001
    assert np.ptp(shifts, axis=1).min() > 1e-3
