import numpy as np
import pytest
from scipy.stats import rankdata

from zoo.evaluation.metrics.delong import delong, delong_variance


def brute_force(positive, scores):
    """AUC and variance from the whole kernel of pairs (DeLong et al., 1988)."""
    above, below = scores[positive][:, None], scores[~positive][None]
    kernel = (above > below) + 0.5 * (above == below)
    wins, losses = kernel.mean(axis=1), kernel.mean(axis=0)
    variance = wins.var(ddof=1) / len(wins) + losses.var(ddof=1) / len(losses)
    return kernel.mean(), variance


@pytest.mark.parametrize("decimals", [1, 2, 15])
def test_variance_is_that_of_the_whole_kernel(decimals):
    generator = np.random.default_rng(decimals)
    positive = np.arange(70) < 25
    scores = np.round(generator.normal(size=70) + positive, decimals)
    area, variance = brute_force(positive, scores)
    assert delong_variance(positive, scores) == pytest.approx(variance, rel=1e-12)
    found = delong(positive, scores, area, 0.95)
    half = 1.959963985 * np.sqrt(variance)
    assert (found.low, found.high) == (
        pytest.approx(area - half),
        pytest.approx(area + half),
    )


def midranks(values):
    """Ranks from 1, equal values sharing the mean of theirs."""
    ordered = np.sort(values)
    first = np.searchsorted(ordered, values, side="left")
    last = np.searchsorted(ordered, values, side="right")
    return (first + last + 1) / 2


@pytest.mark.parametrize("decimals", [0, 1, 15])
def test_ranks_of_scipy_share_ties(decimals):
    values = np.round(np.random.default_rng(decimals).normal(size=50), decimals)
    np.testing.assert_array_equal(rankdata(values), midranks(values))


def test_the_interval_ends_at_1():
    positive = np.array([0, 0, 0, 1, 1, 1], bool)
    scores = np.array([0.1, 0.2, 0.6, 0.5, 0.8, 0.9])
    assert delong(positive, scores, 8 / 9, 0.95).high == 1.0


def test_separated_classes_have_no_interval():
    found = delong(np.array([0, 0, 1, 1], bool), np.array([1.0, 2, 3, 4]), 1.0, 0.95)
    assert "separate the classes" in found.reason


def test_a_constant_score_separates_nothing():
    found = delong(np.array([0, 0, 1, 1], bool), np.ones(4), 0.5, 0.95)
    assert found.reason == "the samples of a class score alike: no variance"


def test_a_single_positive_has_no_interval():
    positive, scores = np.array([0, 0, 1], bool), np.array([1.0, 3, 2])
    assert "fewer than two" in delong(positive, scores, 0.5, 0.95).reason
    with pytest.raises(ValueError, match="two positives and two negatives"):
        delong_variance(positive, scores)


@pytest.mark.slow
def test_intervals_cover_the_truth():
    from statistics import NormalDist

    generator = np.random.default_rng(3)
    truth = NormalDist().cdf(1.0 / np.sqrt(2))
    positive = np.arange(120) < 50
    covered = 0
    for _ in range(1000):
        scores = generator.normal(size=120) + positive
        area, _ = brute_force(positive, scores)
        found = delong(positive, scores, area, 0.95)
        covered += found.low <= truth <= found.high
    assert 0.93 <= covered / 1000 <= 0.97
