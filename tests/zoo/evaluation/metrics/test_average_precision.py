import math

import numpy as np
import pytest
from scipy.stats import norm, t
from sklearn.metrics import average_precision_score

from zoo.evaluation.metrics.average_precision import (
    resampled_average_precision,
    wilson_bootstrap,
)


@pytest.mark.parametrize("digits", [6, 1], ids=["no ties", "many ties"])
def test_is_that_of_scikit_learn_of_weighted_samples(digits):
    generator = np.random.default_rng(0)
    positive = generator.random(200) < 0.3
    scores = np.round(generator.random(200) + 0.4 * positive, digits)
    weights = generator.integers(0, 4, (6, 200))
    weights[0] = 1
    values = resampled_average_precision(positive, scores, weights)
    expected = [
        average_precision_score(positive, scores, sample_weight=w) for w in weights
    ]
    np.testing.assert_allclose(values, expected, rtol=1e-12)


def test_known_values():
    positive = np.array([True, False, True, False])
    value = resampled_average_precision(
        positive, np.array([4.0, 3.0, 2.0, 1.0]), np.ones((1, 4))
    )
    assert value == pytest.approx((1 + 2 / 3) / 2)


def test_without_a_positive_it_is_undefined():
    scores, weights = np.array([0.1, 0.2]), np.array([[1.0, 1.0], [0.0, 2.0]])
    assert np.isnan(resampled_average_precision(scores > 1, scores, weights)).all()
    values = resampled_average_precision(np.array([True, False]), scores, weights)
    assert values[0] == 0.5 and np.isnan(values[1])


def test_a_score_that_is_no_number():
    scores = np.array([0.1, np.nan])
    values = resampled_average_precision(scores < 1, scores, np.ones((2, 2)))
    assert np.isnan(values).all()


def test_its_interval_is_wilsons_of_the_number_that_has_the_bootstraps_variance():
    replicates = np.array([0.6, 0.7, 0.8, 0.9, np.nan])
    found = wilson_bootstrap(0.75, replicates, 20, 0.95)
    wider = t.ppf(0.975, 19) / norm.ppf(0.975) * math.sqrt(20 / 19)
    number = 0.75 * 0.25 / (0.0125 * wider**2)
    for end in (found.low, found.high):
        error = math.sqrt(end * (1 - end) / number)
        assert abs(end - 0.75) == pytest.approx(norm.ppf(0.975) * error)
    assert found.undefined == 1


def test_of_a_perfect_one_positives_count():
    found = wilson_bootstrap(1.0, np.ones(200), 12, 0.95)
    assert (found.low, found.high) == (pytest.approx(12 / (12 + 1.959964**2)), 1.0)
    assert wilson_bootstrap(1.0, np.ones(200), 1, 0.95).reason
