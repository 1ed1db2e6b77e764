import numpy as np
import pytest

from pipelines.augment.intensity.settings import Intensity
from tests.pipelines.augment.fourier import filtered, frequencies
from tests.pipelines.augment.pictures import varied, volume


@pytest.mark.parametrize("kept", [0.5, 0.75])
def test_ringing_is_a_box_of_k_space(kept):
    values = volume(shape=(2, 16, 9, 2))
    height, width = frequencies(values)
    settings = Intensity(gibbs_chance=1.0, gibbs_kept=(kept, kept))
    expected = filtered(values, (height <= kept / 2) * (width <= kept / 2))
    np.testing.assert_allclose(varied(values, settings), expected, atol=1e-5)
