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
