import numpy as np
import pytest

from pipelines.augment.intensity.settings import Intensity
from tests.pipelines.augment.pictures import varied, volume
from tests.pipelines.augment.recoloured import expected


@pytest.mark.parametrize("factor", [0.0, 0.5, 1.0, 1.6])
def test_value(factor):
    values = volume()
    settings = Intensity(value_chance=1.0, value_factor=(factor, factor))
    wanted = expected(values, lambda h, s, v: (h, s, min(v * factor, 1)))
    np.testing.assert_allclose(varied(values, settings), wanted, atol=1e-4)
