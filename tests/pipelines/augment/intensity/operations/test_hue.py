import numpy as np
import pytest

from pipelines.augment.intensity.settings import Intensity
from tests.pipelines.augment.pictures import varied, volume
from tests.pipelines.augment.recoloured import expected


@pytest.mark.parametrize("turn", [-0.3, 0.0, 0.1, 0.5])
def test_hue(turn):
    values = volume()
    settings = Intensity(hue_chance=1.0, hue_turn=(turn, turn))
    wanted = expected(values, lambda h, s, v: ((h + turn) % 1, s, v))
    np.testing.assert_allclose(varied(values, settings), wanted, atol=1e-4)
