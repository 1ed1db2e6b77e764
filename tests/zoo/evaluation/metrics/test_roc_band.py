import numpy as np
import pytest
from scipy.stats import binomtest, norm

from zoo.evaluation.metrics.roc_band import roc_band


def band(positive, scores, patient=None, **options):
    patient = np.arange(len(scores)) if patient is None else patient
    return roc_band(positive, scores, patient, confidence=0.95, **options)


def test_without_an_error_it_is_wilsons_interval_of_the_sensitivity():
    positive = np.arange(24) < 12
    found = band(positive, positive.astype(float))
    exact = binomtest(12, 12).proportion_ci(0.95, method="wilson")
    np.testing.assert_allclose(found.low, exact.low)
    np.testing.assert_allclose(found.high, 1)


def test_copies_of_samples_do_not_narrow_it():
    generator = np.random.default_rng(0)
    positive = np.arange(40) < 20
    scores = generator.normal(size=40) + positive
    once = band(positive, scores)
    patient = np.repeat(np.arange(40), 5)
    often = band(positive.repeat(5), scores.repeat(5), patient)
    np.testing.assert_allclose(often.low, once.low)
    np.testing.assert_allclose(often.high, once.high)


def test_it_covers_the_true_sensitivity_point_by_point():
    generator = np.random.default_rng(1)
    positive = np.arange(60) < 25
    rates = np.array([5, 10, 20, 50])
    true = norm.sf(norm.isf(rates / 100) - 1.5)
    covered = np.zeros(4)
    for _ in range(60):
        found = band(positive, generator.normal(size=60) + 1.5 * positive)
        covered += (found.low[rates] <= true) & (true <= found.high[rates])
    assert (covered / 60 >= 0.88).all()


def test_equal_scores_lie_on_a_line():
    found = band(np.arange(200) < 100, np.zeros(200))
    assert found.low[50] < 0.5 < found.high[50]
    assert found.low[0] == 0 and found.high[100] == 1


@pytest.mark.parametrize("positives", [0, 1, 10])
def test_a_side_of_fewer_than_two_patients_has_none(positives):
    assert band(np.arange(10) < positives, np.arange(10.0)) is None


def test_patients_with_samples_of_both_sides():
    generator = np.random.default_rng(2)
    positive = np.arange(40) % 2 == 0
    scores = generator.normal(size=40) + positive
    found = band(positive, scores, np.arange(40) // 2)
    assert (found.low <= found.high).all()
