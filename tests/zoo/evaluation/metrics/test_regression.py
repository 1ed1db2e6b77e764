import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as sklearn_metrics

from zoo.evaluation.metrics.regression import (
    METRICS,
    agreement_intervals,
    measure,
    replicate,
)


def sample(seed=0, rows=30):
    """Numbers with ties, as scores in half units have them."""
    draw = np.random.default_rng(seed)
    truth = np.round(2 * draw.normal(5, 2, rows)) / 2
    return truth, np.round(2 * (truth + draw.normal(1, 1, rows))) / 2


def concordance(truth, found):
    both = np.cov(truth, found, bias=True)
    return 2 * both[0, 1] / (np.trace(both) + (truth.mean() - found.mean()) ** 2)


def test_the_metrics_equal_those_of_scipy_and_scikit_learn():
    truth, found = sample()
    values = {name: one.value for name, one in measure(truth, found).items()}
    errors = found - truth
    spread = 1.96 * errors.std(ddof=1)
    assert values == pytest.approx(
        {
            "mae": sklearn_metrics.mean_absolute_error(truth, found),
            "rmse": sklearn_metrics.mean_squared_error(truth, found) ** 0.5,
            "r2": sklearn_metrics.r2_score(truth, found),
            "pearson": stats.pearsonr(truth, found)[0],
            "spearman": stats.spearmanr(truth, found)[0],
            "ccc": concordance(truth, found),
            "bias": errors.mean(),
            "lower_limit": errors.mean() - spread,
            "upper_limit": errors.mean() + spread,
        }
    )


def test_a_weight_is_as_good_as_copies():
    truth, found = sample()
    weights = np.random.default_rng(1).multinomial(30, np.ones(30) / 30, size=6)
    many = replicate(truth, found, weights)
    for number, weight in enumerate(weights):
        copies = measure(np.repeat(truth, weight), np.repeat(found, weight))
        for name in METRICS:
            assert many[name][number] == pytest.approx(copies[name].value)


@pytest.mark.parametrize(
    ("truth", "found", "without", "reason"),
    [
        ([3, 3, 3], [1, 2, 4], ("r2", "pearson", "spearman"), "the truth is one and"),
        ([1, 2, 4], [3, 3, 3], ("pearson", "spearman"), "the predictions are one"),
        ([3, 3], [3, 3], ("r2", "pearson", "spearman", "ccc"), "the truth is one and"),
        ([1], [2], METRICS, "fewer than two samples know it"),
        ([], [], METRICS, "fewer than two samples know it"),
    ],
)
def test_what_is_not_defined_says_why(truth, found, without, reason):
    values = measure(np.array(truth, float), np.array(found, float))
    undefined = {name: one.reason for name, one in values.items() if one.reason}
    assert undefined.keys() == {*without}
    assert all(one.startswith(reason) for one in undefined.values())


def test_constant_predictions_agree_in_nothing():
    values = measure(np.array([1.0, 2.0, 4.0]), np.array([3.0, 3.0, 3.0]))
    assert values["ccc"].value == 0


@pytest.mark.parametrize("errors", [(1, -1, 2, -1), (1, -1, 2, -2)])
def test_numbers_far_from_zero_are_told_apart(errors):
    """Seconds since 1970: their spread is a millionth of their mean."""
    truth = 1_700_000_000 + np.array([0.0, 500, 900, 1400])
    far = measure(truth, truth + errors)
    near = measure(truth - 1_700_000_000, truth - 1_700_000_000 + errors)
    assert {name: one.value for name, one in far.items()} == pytest.approx(
        {name: one.value for name, one in near.items()}, rel=1e-6
    )
    assert 0.99 < far["ccc"].value <= 1


def test_without_a_spread_there_is_no_concordance_either():
    found = measure(np.array([1.0, 2, 3]), np.full(3, 0.1 + 0.2))
    assert found["ccc"].value == 0
    assert (
        found["pearson"].reason
        == "the predictions are one and the same number throughout"
    )


def test_a_large_bias_hides_no_correlation():
    truth, found = sample()
    far = measure(truth, found + 1e8)
    assert far["pearson"].value == pytest.approx(stats.pearsonr(truth, found)[0])
    assert far["spearman"].value == pytest.approx(stats.spearmanr(truth, found)[0])
    assert far["ccc"].value == pytest.approx(concordance(truth, found + 1e8), rel=1e-4)


def test_limits_of_agreement_of_bland_and_altmans_example():
    """Peak flow of 17 subjects, Lancet 1986: differences of -2.1, s = 38.8 l/min.

    The bias lies in -22.0 to 17.8; with 2 s for 1.96 s, and 3 s^2 / n for the variance
    of a limit, the lower one in -114.3 to -45.1.
    """
    differences = stats.zscore(np.arange(17.0) ** 2, ddof=1) * 38.8 - 2.1
    truth = np.linspace(200, 600, 17)
    found = agreement_intervals(truth, truth + differences, 0.95)
    ends = (found["bias"].low, found["bias"].high)
    assert ends == pytest.approx((-22.0, 17.8), abs=0.06)
    lower = found["lower_limit"]
    assert (lower.low + lower.high) / 2 == pytest.approx(-2.1 - 1.96 * 38.8)
    assert lower.high - lower.low == pytest.approx(114.3 - 45.1, rel=0.01)
    upper = found["upper_limit"]
    assert upper.high - upper.low == pytest.approx(lower.high - lower.low)


def test_errors_that_are_all_the_same_have_no_interval():
    found = agreement_intervals(np.arange(4.0), np.arange(4.0) + 1, 0.95)
    assert found["bias"].reason == "all errors are the same"
