import numpy as np
import pytest

from pipelines.augment.intensity.channels import check
from pipelines.augment.intensity.settings import Intensity
from pipelines.errors import UsageError
from tests.pipelines.augment.pictures import varied, volume


def test_a_sample_that_lacks_a_sequence_has_no_colours():
    values = volume()
    values[..., 1] = 0
    settings = Intensity(hue_chance=1.0, saturation_chance=1.0, value_chance=1.0)
    np.testing.assert_array_equal(varied(values, settings), values)


@pytest.mark.parametrize("name", ["hue_chance", "saturation_chance", "value_chance"])
def test_colours_need_three_sequences(name):
    with pytest.raises(UsageError, match="of three sequences.* Received: 2"):
        check(Intensity(**{name: 0.1}).operations, 2)
