import colorsys

import numpy as np
import pytest

from pipelines.augment.intensity.settings import Intensity
from tests.pipelines.augment.pictures import limits, varied, volume


def expected(values, change):
    """`change(h, s, v)` of every voxel by the standard library."""
    lowest, highest, _ = limits(values)
    colours = ((values - lowest) / (highest - lowest)).reshape(-1, 3)
    changed = [
        colorsys.hsv_to_rgb(*change(*colorsys.rgb_to_hsv(*one))) for one in colours
    ]
    return lowest + (highest - lowest) * np.reshape(changed, values.shape)


@pytest.mark.parametrize("turn", [-0.3, 0.0, 0.1, 0.5])
def test_hue(turn):
    values = volume()
    settings = Intensity(hue_chance=1.0, hue_turn=(turn, turn))
    wanted = expected(values, lambda h, s, v: ((h + turn) % 1, s, v))
    np.testing.assert_allclose(varied(values, settings), wanted, atol=1e-4)


@pytest.mark.parametrize("factor", [0.0, 0.5, 1.0, 1.6])
def test_saturation(factor):
    values = volume()
    settings = Intensity(saturation_chance=1.0, saturation_factor=(factor, factor))
    wanted = expected(values, lambda h, s, v: (h, min(s * factor, 1), v))
    np.testing.assert_allclose(varied(values, settings), wanted, atol=1e-4)


@pytest.mark.parametrize("factor", [0.0, 0.5, 1.0, 1.6])
def test_value(factor):
    values = volume()
    settings = Intensity(value_chance=1.0, value_factor=(factor, factor))
    wanted = expected(values, lambda h, s, v: (h, s, min(v * factor, 1)))
    np.testing.assert_allclose(varied(values, settings), wanted, atol=1e-4)


def test_a_sample_that_lacks_a_sequence_has_no_colours():
    values = volume()
    values[..., 1] = 0
    settings = Intensity(hue_chance=1.0, saturation_chance=1.0, value_chance=1.0)
    np.testing.assert_array_equal(varied(values, settings), values)
