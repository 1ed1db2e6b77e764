import numpy as np
import pytest

from pipelines.augment.intensity.settings import Intensity
from tests.pipelines.augment.pictures import varied, volume
from tests.pipelines.augment.recoloured import expected


@pytest.mark.parametrize("factor", [0.0, 0.5, 1.0, 1.6])
def test_saturation(factor):
    values = volume()
    settings = Intensity(saturation_chance=1.0, saturation_factor=(factor, factor))
    wanted = expected(values, lambda h, s, v: (h, min(s * factor, 1), v))
    np.testing.assert_allclose(varied(values, settings), wanted, atol=1e-4)
