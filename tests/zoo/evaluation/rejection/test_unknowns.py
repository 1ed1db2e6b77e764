import numpy as np
import pytest
from sklearn.metrics import roc_auc_score, roc_curve

from zoo.evaluation.rejection import unknowns


@pytest.fixture(scope="module")
def scores():
    """Known and unknown ones, with ties."""
    generator = np.random.default_rng(3)
    known = np.round(generator.normal(1, 1, 80), 1)
    return known, np.round(generator.normal(0, 1, 35), 1)


def by_sklearn(known, unknown):
    """The least false-positive rate at which 95 % of the known are found."""
    truth = np.repeat([1, 0], [len(known), len(unknown)])
    false, true, _ = roc_curve(
        truth, np.concatenate([known, unknown]), drop_intermediate=False
    )
    return false[np.argmax(true >= 0.95 - 1e-12)]


def test_area_and_rate_are_those_of_sklearn(scores):
    known, unknown = scores
    truth = np.repeat([1, 0], [len(known), len(unknown)])
    area = roc_auc_score(truth, np.concatenate(scores))
    assert unknowns.auroc(known, unknown) == pytest.approx(area)
    assert unknowns.false_rate(known, unknown) == pytest.approx(by_sklearn(*scores))


def test_resamples_are_those_of_repeated_samples(scores):
    generator = np.random.default_rng(0)
    weights = tuple(generator.integers(0, 4, (20, len(side))) for side in scores)
    rates = unknowns.resampled_false_rate(*scores, weights)
    for row, rate in enumerate(rates):
        drawn = [np.repeat(s, w[row]) for s, w in zip(scores, weights)]
        assert rate == pytest.approx(unknowns.false_rate(*drawn))
        assert rate == pytest.approx(by_sklearn(*drawn))


def test_a_resample_without_a_side_has_no_rate(scores):
    ones = [np.ones((2, len(side))) for side in scores]
    for side in (0, 1):
        weights = [each.copy() for each in ones]
        weights[side][1] = 0
        rates = unknowns.resampled_false_rate(*scores, tuple(weights))
        assert np.isfinite(rates).tolist() == [True, False]
