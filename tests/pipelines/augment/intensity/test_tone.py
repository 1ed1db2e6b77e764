import numpy as np
import pytest
from scipy import stats

from pipelines.augment.intensity.settings import Intensity
from tests.pipelines.augment.pictures import limits, often, varied, volume


@pytest.mark.parametrize("exponent", [0.5, 1.0, 2.2])
def test_gamma(exponent):
    values = volume()
    lowest, highest, _ = limits(values)
    share = (values - lowest) / (highest - lowest)
    expected = lowest + (highest - lowest) * share**exponent
    settings = Intensity(gamma_chance=1.0, gamma_exponent=(exponent, exponent))
    np.testing.assert_allclose(varied(values, settings), expected, atol=1e-5)


@pytest.mark.parametrize("factor", [0.0, 0.6, 1.7])
def test_contrast(factor):
    values = volume()
    _, _, mean = limits(values)
    settings = Intensity(contrast_chance=1.0, contrast_factor=(factor, factor))
    expected = mean + factor * (values - mean)
    np.testing.assert_allclose(varied(values, settings), expected, atol=1e-5)


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


def field(values, settings, seed):
    lowest, _, _ = limits(values)
    signal = np.where(values > lowest, values - lowest, np.nan)
    return (varied(values, settings, seed) - lowest) / signal


def test_a_bias_field_is_one_cubic_polynomial_within_its_limits():
    values = volume(shape=(8, 9, 10, 2))
    settings = Intensity(bias_field_chance=1.0, bias_field_strength=(0.5, 0.5))
    grid = np.meshgrid(*(np.linspace(-1, 1, n) for n in (8, 9, 10)), indexing="ij")
    cubic = np.stack(
        [
            (grid[0] ** i * grid[1] ** j * grid[2] ** k).ravel()
            for i in range(4)
            for j in range(4)
            for k in range(4)
        ],
        axis=1,
    )
    for seed in range(10):
        found = field(values, settings, (seed, 0))
        assert np.nanmin(found) >= 0.5 and np.nanmax(found) <= 1.5
        assert np.nanstd(found) > 0.02
        known = ~np.isnan(found)
        fitted = (
            cubic
            @ np.linalg.lstsq(
                cubic[known[..., 0].ravel()],
                found[..., 0][known[..., 0]].astype(np.float64),
                rcond=None,
            )[0]
        )
        for channel in range(2):
            there = known[..., channel]
            np.testing.assert_allclose(
                found[..., channel][there], fitted[there.ravel()], atol=1e-3
            )


def test_a_bias_field_without_strength_changes_nothing():
    values = volume()
    settings = Intensity(bias_field_chance=1.0, bias_field_strength=(0.0, 0.0))
    np.testing.assert_array_equal(varied(values, settings), values)


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
