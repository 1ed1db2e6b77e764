import numpy as np
import pytest

from zoo.evaluation.calibration.smooth_curve import SPAN, smoother


def by_hand(stated, happened, place):
    """A weighted straight line through the nearest samples, by least squares."""
    away = np.abs(stated - place)
    width = np.sort(away)[int(np.ceil(SPAN * len(stated))) - 1]
    weight = np.clip(1 - (away / width) ** 3, 0, None) ** 3
    line = np.polyfit(stated - place, happened, 1, w=np.sqrt(weight))
    return np.clip(line[1], 0, 1)


@pytest.fixture(scope="module")
def cohort():
    generator = np.random.default_rng(0)
    stated = generator.random(150)
    return stated, generator.random(150) < stated**2


def test_the_curve_is_a_local_regression(cohort):
    stated, happened = cohort
    smooth = smoother(stated)
    (curve,) = smooth.curves(happened, np.ones((1, 150)))
    expected = [by_hand(stated, happened, place) for place in smooth.grid]
    np.testing.assert_allclose(curve, expected, atol=1e-5)


def test_samples_lie_on_the_curve_between_its_points(cohort):
    stated, happened = cohort
    smooth = smoother(stated)
    curve = smooth.curves(happened, np.ones((1, 150)))
    given = smooth.at_samples(curve)
    np.testing.assert_allclose(given[0], np.interp(stated, smooth.grid, curve[0]))


def test_a_straight_line_is_kept():
    stated = np.linspace(0, 1, 101)
    smooth = smoother(stated)
    share = smooth.curves(0.2 + 0.5 * stated, np.ones((1, 101)))
    np.testing.assert_allclose(share[0], 0.2 + 0.5 * smooth.grid, atol=1e-9)


def test_equal_scores_give_their_share():
    smooth = smoother(np.full(10, 0.4))
    curve = smooth.curves(np.arange(10) < 3, np.ones((1, 10)))
    np.testing.assert_allclose(smooth.at_samples(curve), np.full((1, 10), 0.3))


def test_a_resample_is_the_curve_of_its_copies(cohort):
    stated, happened = cohort
    weights = np.ones((2, 150))
    weights[1, :75] = 2
    curves = smoother(stated).curves(happened, weights)
    assert np.abs(curves[0] - curves[1]).max() > 0.005
    doubled = smoother(stated).curves(happened, 2 * weights[:1])
    np.testing.assert_allclose(doubled[0], curves[0])
