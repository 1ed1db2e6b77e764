import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import binomtest, norm

from zoo.evaluation.comparison import mcnemar
from zoo.evaluation.comparison.mcnemar import Discordance

# Complete response before and after consolidation (Cavo et al., 2012): 59, 6, 16, 80;
# airway hyper-responsiveness before and after transplantation (Bentur et al., 2009): 1,
# 1, 7, 12. Their p and intervals: Fagerland, Lydersen and Laake (2014).
CAVO = Discordance(mine=6, other=16, units=161)
BENTUR = Discordance(mine=1, other=7, units=21)


def test_published_values_of_the_exact_test():
    assert mcnemar.exact_p(CAVO) == pytest.approx(0.052479, abs=5e-7)
    assert mcnemar.exact_p(BENTUR) == pytest.approx(2 * 9 / 256)


def test_published_values_of_tangos_interval():
    assert mcnemar.interval(CAVO, 0.95) == pytest.approx((-0.1240, -0.0054), abs=5e-5)
    assert mcnemar.interval(BENTUR, 0.95) == pytest.approx((-0.517, -0.026), abs=5e-4)


@pytest.mark.parametrize(("mine", "other"), [(3, 12), (5, 5), (9, 0), (0, 1), (40, 61)])
def test_the_test_is_the_binomial_one(mine, other):
    wanted = binomtest(mine, mine + other, 0.5).pvalue
    found = mcnemar.exact_p(Discordance(mine=mine, other=other, units=200))
    assert found == pytest.approx(wanted)


def by_likelihood(b, c, n, value):
    """The score by the likelihood's own maximum among tables of that difference."""

    def minus_log(chance):  # of the other alone; mine alone = chance + value
        shares = np.array([chance + value, chance, 1 - 2 * chance - value])
        counts = np.array([b, c, n - b - c])
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(counts > 0, counts * np.log(shares), 0)
        return -terms.sum()

    span = (max(0.0, -value) + 1e-12, (1 - value) / 2 - 1e-12)
    chance = minimize_scalar(
        minus_log, bounds=span, method="bounded", options={"xatol": 1e-12}
    ).x
    return (b - c - n * value) / np.sqrt(n * (2 * chance + value - value**2))


@pytest.mark.parametrize(("b", "c", "n"), [(6, 16, 161), (1, 7, 21), (12, 2, 50)])
@pytest.mark.parametrize("value", [-0.3, -0.05, 0.0, 0.1, 0.4])
def test_the_score_is_that_of_the_likelihood(b, c, n, value):
    found = mcnemar.score(Discordance(mine=b, other=c, units=n), value)
    assert found == pytest.approx(by_likelihood(b, c, n, value), rel=1e-4)


def test_at_0_the_score_is_mcnemars_own():
    assert mcnemar.score(CAVO, 0) ** 2 == pytest.approx((6 - 16) ** 2 / 22)


def test_one_sided_p_reach_the_level_at_the_ends():
    found = mcnemar.inference(CAVO, 0.9)
    assert found.above(found.low) == pytest.approx(0.05, abs=1e-6)
    assert found.below(found.high) == pytest.approx(0.05, abs=1e-6)


def test_alike_calls_leave_an_interval():
    """0 of n: Wilson's interval, on either side."""
    found = mcnemar.inference(Discordance(mine=0, other=0, units=30), 0.95)
    end = norm.ppf(0.975) ** 2 / (30 + norm.ppf(0.975) ** 2)
    assert found.p == 1
    assert (found.low, found.high) == pytest.approx((-end, end))


def test_nobody_agreed_on_is_no_fault():
    found = mcnemar.inference(Discordance(mine=5, other=0, units=5), 0.95)
    assert found.high == 1
    assert 0 < found.low < 1


def test_no_unit_is_no_test():
    found = mcnemar.inference(Discordance(mine=0, other=0, units=0), 0.95)
    assert (found.p, found.low) == (None, None)
    assert found.reason == "no unit to compare the calls of"


def test_units_of_no_account_are_left_out():
    mine = np.array([1, 1, 0, 0, np.nan, 1])
    other = np.array([1, 0, 1, 0, np.nan, 0])
    assert mcnemar.counted(mine, other) == Discordance(mine=2, other=1, units=5)
