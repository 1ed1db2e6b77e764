import numpy as np
import pytest

from pipelines.augment.intensity.settings import Intensity
from tests.pipelines.augment.pictures import limits, varied, volume


@pytest.mark.parametrize("exponent", [0.5, 1.0, 2.2])
def test_gamma(exponent):
    values = volume()
    lowest, highest, _ = limits(values)
    share = (values - lowest) / (highest - lowest)
    expected = lowest + (highest - lowest) * share**exponent
    settings = Intensity(gamma_chance=1.0, gamma_exponent=(exponent, exponent))
    np.testing.assert_allclose(varied(values, settings), expected, atol=1e-5)
