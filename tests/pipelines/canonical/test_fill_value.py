import numpy as np
import pytest

from pipelines.canonical.fill_value import fill_value


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 0, 5, 9], 0),
        ([3, 4, 5, 9], 0),
        ([-7, 4, 5, 9], -7),
        ([0, 0, -1, 9], 0),
    ],
)
@pytest.mark.parametrize("kind", [np.int16, np.float32])
def test_fill_value(values, expected, kind):
    assert fill_value(np.array(values, kind)) == expected


def test_a_float_minimum_is_kept_to_the_bit():
    values = np.array([-0.1, 0.7, 0.3], np.float32)
    assert np.float32(fill_value(values)) == values[0]


def test_a_few_zeros_are_no_background():
    values = np.arange(-10, 11)
    assert fill_value(values) == -10
