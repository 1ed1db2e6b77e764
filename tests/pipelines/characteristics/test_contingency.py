import numpy as np
import pytest
from scipy import stats

from pipelines.characteristics import contingency

# The job satisfaction of R's fisher.test: Agresti (2002), table 2.8; R's p = 0.7827.
JOB = [[1, 2, 1, 0], [3, 3, 6, 1], [10, 10, 14, 9], [6, 7, 12, 11]]


def test_fisher_of_the_lady_tasting_tea():
    result = contingency.independence(np.array([[3, 1], [1, 3]]))
    assert (result.test, result.p) == ("Fisher", pytest.approx(34 / 70))


def test_freeman_and_halton_by_monte_carlo():
    result = contingency.independence(np.array(JOB), seed=1)
    assert result.test == "Fisher-Freeman-Halton"
    assert result.p == pytest.approx(0.7827, abs=0.015)
    assert contingency.independence(np.array(JOB), seed=1) == result


def test_chi_square_where_counts_are_large():
    counts = np.array([[22, 15], [19, 16]])
    result = contingency.independence(counts)
    wanted = stats.chi2_contingency(counts, correction=False)
    assert result.test == "chi-square"
    assert result.p == pytest.approx(wanted.pvalue)
    assert result.statistic == pytest.approx(wanted.statistic)


@pytest.mark.parametrize(
    ("first", "second", "printed"),
    [
        *((22, 19, 0.66), (15, 15, 0.84), (0, 2, 0.14), (1, 3, 0.28), (9, 7, 0.66)),
        *((33, 16, 0.0), (17, 3, 0.0), (1, 6, 0.04)),
    ],
)
def test_the_nash_study(first, second, printed):
    """37 patients with steatohepatitis, 35 without: chi-square gives what it prints.

    Of diabetes (10 and 6) it prints .28 where the counts give .31.
    """
    counts = np.array([[first, 37 - first], [second, 35 - second]])
    assert round(contingency.chi_square(counts).p, 2) == printed


def test_few_are_for_fisher():
    counts = np.array([[1, 36], [6, 29]])
    result = contingency.independence(counts)
    assert result.test == "Fisher"
    assert result.p == pytest.approx(stats.fisher_exact(counts).pvalue)


def test_one_kind_has_no_test():
    result = contingency.independence(np.array([[4, 0], [5, 0]]))
    assert result.p is None
    assert result.reason == "all are of one kind"


def test_cramers_v():
    assert contingency.cramers_v(np.diag([20, 20, 20])) == pytest.approx(1)
    assert contingency.cramers_v(np.full((2, 3), 10)) == 0
    counts = np.array([[30, 10], [12, 28]])
    plain = stats.contingency.association(counts)
    phi2 = plain**2 - 1 / 79
    corrected = np.sqrt(phi2 / (2 - 1 / 79 - 1))
    assert contingency.cramers_v(counts) == pytest.approx(corrected)
    assert np.isnan(contingency.cramers_v(np.array([[3, 4]])))


def test_cross_table_leaves_out_what_is_not_known():
    first = np.array([0, 0, 1, np.nan, 1])
    second = np.array([2, 0, 1, 1, np.nan])
    table = contingency.cross_table(first, second, 2, 3)
    assert table.tolist() == [[1, 0, 1], [0, 1, 0]]
