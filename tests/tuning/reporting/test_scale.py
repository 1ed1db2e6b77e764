import pytest

from tuning.reporting import scale
from tuning.reporting.scale import Scale


def test_places():
    assert Scale(low=2, high=4).position(3) == 0.5
    decades = Scale(low=1e-5, high=1e-1, logarithmic=True)
    assert decades.position(1e-3) == pytest.approx(0.5)
    assert decades.position(5.0) == 1.0


def test_ticks_lie_within():
    assert Scale(low=0.61, high=0.9).ticks(8) == (0.65, 0.7, 0.75, 0.8, 0.85, 0.9)
    many = Scale(low=1e-9, high=1.0, logarithmic=True).ticks(5)
    assert many == (1e-9, 1e-7, 1e-5, 1e-3, 1e-1)


def test_one_number_has_room():
    assert scale.around([0.5]).position(0.5) == pytest.approx(0.5)
    assert scale.around([0.0]).position(0.0) == 0.5


def test_an_outlier_stands_at_the_edge():
    assert scale.without_outliers([1.0, 1.1, 1.2, 1.3, 1e9]).high == 1.3
    assert scale.without_outliers([1.0, 1.0, 1.0, 9.0]).high == 9.0


@pytest.mark.parametrize(
    "ends", [{"low": 1, "high": 1}, {"low": 0, "high": 1, "logarithmic": True}]
)
def test_ends_that_make_no_scale(ends):
    with pytest.raises(ValueError, match="a scale rises"):
        Scale(**ends)
