import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from zoo.evaluation.calibration import recalibration


@pytest.fixture(scope="module")
def stated():
    """300 probabilities that are too extreme, and what happened."""
    generator = np.random.default_rng(1)
    odds = generator.normal(-0.5, 1.5, 300)
    happened = generator.random(300) < 1 / (1 + np.exp(-(0.4 + 0.6 * odds)))
    return happened, odds


def test_the_slope_is_that_of_a_logistic_regression(stated):
    happened, odds = stated
    (slope,) = recalibration.slopes(happened, odds, np.ones((1, 300)))
    model = LogisticRegression(C=np.inf, tol=1e-12, max_iter=10_000)
    model.fit(odds[:, None], happened)
    assert slope == pytest.approx(model.coef_[0, 0], abs=1e-5)
    assert 0.4 < slope < 0.8


def test_the_intercept_makes_the_expected_number_the_observed(stated):
    happened, odds = stated
    (value,) = recalibration.intercepts(happened, odds, np.ones((1, 300)))
    expected = (1 / (1 + np.exp(-(odds + value)))).sum()
    assert expected == pytest.approx(happened.sum(), abs=1e-8)


def test_weights_are_copies(stated):
    happened, odds = stated
    generator = np.random.default_rng(2)
    weights = np.stack(
        [np.bincount(generator.integers(300, size=300), minlength=300)] * 2
    )
    weights[1] = 1
    rows = np.repeat(np.arange(300), weights[0])
    for function in (recalibration.slopes, recalibration.intercepts):
        both = function(happened, odds, weights)
        (copied,) = function(happened[rows], odds[rows], np.ones((1, len(rows))))
        assert both[0] == pytest.approx(copied, abs=1e-7)


def test_where_there_is_no_slope():
    odds = np.array([-2.0, -1, 1, 2])
    ones = np.ones((1, 4))
    separated = np.array([0, 0, 1, 1], bool)
    assert np.isnan(recalibration.slopes(separated, odds, ones))
    assert np.isnan(recalibration.slopes(np.ones(4, bool), odds, ones))
    assert np.isnan(recalibration.intercepts(np.ones(4, bool), odds, ones))
    turned = np.array([0, 1, 0, 1], bool)
    assert np.isnan(recalibration.slopes(turned, np.ones(4), ones))
    assert np.isfinite(recalibration.slopes(turned, odds, ones))


def test_log_odds_end_before_one():
    odds = recalibration.log_odds(np.array([0.0, 0.2, 1.0]))
    assert odds[1] == pytest.approx(np.log(0.25))
    assert odds[[0, 2]] == pytest.approx([-16.118, 16.118], abs=1e-3)
