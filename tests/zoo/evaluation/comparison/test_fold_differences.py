import numpy as np
import pytest
from scipy.stats import t as student
from scipy.stats import ttest_1samp

from zoo.evaluation.comparison import fold_differences

GAINS = [0.03, 0.01, 0.05, -0.01, 0.04]


def test_the_formula_by_hand():
    """Nadeau and Bengio (2003): variance times 1/J + n_test/n_train."""
    found = fold_differences.inference(GAINS, 0.25, 0.95)
    error = np.sqrt((1 / 5 + 0.25) * np.var(GAINS, ddof=1))
    mean = np.mean(GAINS)
    assert found.p == pytest.approx(2 * student.sf(mean / error, 4))
    assert found.low == pytest.approx(mean - student.ppf(0.975, 4) * error)
    assert found.above(found.low) == pytest.approx(0.025)


def test_without_shared_patients_it_is_the_t_test():
    found = fold_differences.inference(GAINS, 0.0, 0.95)
    assert found.p == pytest.approx(ttest_1samp(GAINS, 0).pvalue)


def test_published_values_of_ten_times_ten_folds():
    """scikit-learn's example "Statistical comparison of models using grid search": of
    100 samples the plain t is 2.611, the corrected one .750 with a one-sided p of .227.
    """
    draw = np.random.default_rng(0).normal(size=100)
    plain = (draw - draw.mean()) / draw.std(ddof=1) + 2.611 / np.sqrt(100)
    assert ttest_1samp(plain, 0).statistic == pytest.approx(2.611)
    found = fold_differences.inference(plain, 10 / 90, 0.95)
    assert found.above(0.0) == pytest.approx(0.227, abs=0.0006)
    half = (found.high - found.low) / 2
    assert plain.mean() / (half / student.ppf(0.975, 99)) == pytest.approx(
        0.750, abs=0.0006
    )


@pytest.mark.parametrize(
    ("gains", "p", "reason"),
    [
        ([0.1], None, "it wants two folds or more"),
        ([0.1, np.nan], None, "undefined in 1 of the folds"),
        ([0.1, 0.1], None, "no fold differs from another"),
        ([0.0, 0.0], 1.0, "no fold differs from another"),
    ],
)
def test_what_says_nothing_has_no_interval(gains, p, reason):
    found = fold_differences.inference(gains, 0.25, 0.95)
    assert (found.low, found.p, found.reason) == (None, p, reason)
