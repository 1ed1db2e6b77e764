import numpy as np
import pytest

from pipelines.augment.intensity.settings import Intensity
from tests.pipelines.augment.pictures import limits, varied, volume


@pytest.mark.parametrize("factor", [0.0, 0.6, 1.7])
def test_contrast(factor):
    values = volume()
    _, _, mean = limits(values)
    settings = Intensity(contrast_chance=1.0, contrast_factor=(factor, factor))
    expected = mean + factor * (values - mean)
    np.testing.assert_allclose(varied(values, settings), expected, atol=1e-5)
