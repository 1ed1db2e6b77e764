import numpy as np
import pytest
from scipy import stats

from pipelines.characteristics import location
from pipelines.characteristics.balance import largest_difference


def groups(number):
    draw = np.random.default_rng(4)
    return [draw.normal(place, 1 + place, 9 + 3 * place) for place in range(number)]


def test_two_groups():
    first, second = groups(2)
    result = location.difference([first, second], normal=True)
    wanted = stats.ttest_ind(first, second, equal_var=False)
    assert result.test == "Welch t"
    assert result.p == pytest.approx(wanted.pvalue)
    assert result.statistic == pytest.approx(wanted.statistic)
    result = location.difference([first, second], normal=False)
    wanted = stats.mannwhitneyu(first, second)
    assert (result.test, result.p) == ("Mann-Whitney", pytest.approx(wanted.pvalue))


def test_welch_of_two_groups_as_of_more():
    """Welch's ANOVA of equal groups and variances: F worked out by hand.

    Means 1, 2, 3 of 5 each, variances 1: weights 5, between 5; each of three terms of
    the spread (1 - 1/3)^2 / 4 = 1/9.
    """
    base = np.array([-1.0, -1.0, 0.0, 1.0, 1.0])
    result = location.difference([base + 1, base + 2, base + 3], normal=True)
    assert result.test == "Welch ANOVA"
    assert result.statistic == pytest.approx(5 / (1 + 2 / 8 / 3))
    assert result.degrees == pytest.approx(8)


def test_more_groups_by_rank():
    result = location.difference(groups(3), normal=False)
    wanted = stats.kruskal(*groups(3))
    assert (result.test, result.degrees) == ("Kruskal-Wallis", 2)
    assert result.p == pytest.approx(wanted.pvalue)


@pytest.mark.parametrize(
    ("values", "reason"),
    [([[1.0, 2.0], [3.0]], "fewer than two groups"), ([[1.0, 1.0]] * 2, "the same")],
    ids=["few", "same"],
)
def test_no_test(values, reason):
    result = location.difference(list(map(np.array, values)), normal=True)
    assert result.p is None
    assert reason in result.reason


def test_what_looks_normal():
    draw = np.random.default_rng(0)
    assert location.looks_normal(np.r_[draw.normal(size=50), np.nan])
    assert not location.looks_normal(draw.exponential(size=50))
    assert not location.looks_normal(np.arange(5.0))


def test_standardised_difference_of_numbers():
    first, second, third = groups(3)
    pooled = np.sqrt((first.var(ddof=1) + third.var(ddof=1)) / 2)
    wanted = abs(first.mean() - third.mean()) / pooled
    assert largest_difference([first, third]) == pytest.approx(wanted)
    assert largest_difference([first, second, third]) >= wanted


def test_standardised_difference_of_shares():
    """Of two levels |p - q| over the root of the mean of p(1 - p) and q(1 - q)."""
    p, q = 22 / 37, 19 / 35
    first = np.r_[np.ones(22), np.zeros(15)]
    second = np.r_[np.ones(19), np.zeros(16)]
    wanted = abs(p - q) / np.sqrt((p * (1 - p) + q * (1 - q)) / 2)
    assert largest_difference([first, second], 2) == pytest.approx(wanted)
    assert largest_difference([first, first], 2) == 0
    assert largest_difference([np.zeros(4), np.ones(4)], 2) == np.inf
    assert np.isnan(largest_difference([first], 2))
