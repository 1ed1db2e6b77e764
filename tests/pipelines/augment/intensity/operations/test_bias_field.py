import numpy as np

from pipelines.augment.intensity.settings import Intensity
from tests.pipelines.augment.pictures import limits, varied, volume


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
