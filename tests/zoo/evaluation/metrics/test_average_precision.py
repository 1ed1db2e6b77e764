import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from zoo.evaluation.metrics.average_precision import resampled_average_precision


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
