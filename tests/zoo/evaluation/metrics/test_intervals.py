import math
from statistics import NormalDist

import numpy as np
import pytest
from scipy.stats import t

from zoo.evaluation.metrics.intervals import Interval, percentile, wilson


def test_wilson_by_its_equation():
    """The ends solve |p - share| = z sqrt(p (1 - p) / n)."""
    found = wilson(8, 10, 0.95)
    for end in (found.low, found.high):
        assert abs(end - 0.8) == pytest.approx(
            1.959963985 * math.sqrt(end * (1 - end) / 10)
        )
    assert found.low < 0.8 < found.high


@pytest.mark.parametrize(("successes", "trials"), [(1, 7), (40, 41), (500, 1000)])
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_wilson_is_the_closed_form(successes, trials, confidence):
    """Wilson, Journal of the American Statistical Association 22, 1927."""
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = successes / trials
    centre = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    spread = math.sqrt(share * (1 - share) / trials + z * z / (4 * trials**2))
    half = spread * z / (1 + z * z / trials)
    found = wilson(successes, trials, confidence)
    ends = (found.low, found.high)
    assert ends == pytest.approx((centre - half, centre + half), abs=1e-15)


def test_wilson_at_the_ends():
    assert wilson(0, 10, 0.95).low == 0
    assert wilson(10, 10, 0.95).high == 1
    assert wilson(10, 10, 0.95).low == pytest.approx(0.7225, abs=1e-4)


def test_wilson_without_trials():
    assert wilson(0, 0, 0.95).reason == "no trial"


def test_percentiles():
    found = percentile(np.arange(1001) / 1000, 0.9)
    assert (found.low, found.high) == (pytest.approx(0.05), pytest.approx(0.95))


@pytest.mark.parametrize("patients", [10, 40])
def test_expanded_percentiles_give_the_interval_of_student(patients):
    """Of a mean: the bootstrap's deviation is that with the divisor N."""
    values = NormalDist(0, math.sqrt((patients - 1) / patients))
    replicates = np.array([values.inv_cdf((i + 0.5) / 20_000) for i in range(20_000)])
    found = percentile(replicates, 0.95, patients)
    assert found.high == pytest.approx(t.ppf(0.975, patients - 1), rel=2e-3)
    assert found.low == pytest.approx(-found.high, rel=1e-6)


def test_undefined_resamples_are_left_out_and_counted():
    found = percentile(np.r_[np.arange(99), np.nan], 0.5)
    assert found.undefined == 1
    assert found.low == pytest.approx(24.5)


def test_mostly_undefined_resamples_give_no_interval():
    found = percentile(np.r_[np.arange(49), [np.nan] * 51], 0.5)
    assert found.reason == "undefined in 51 of 100 resamples"
    assert math.isnan(found.low)


def test_resamples_without_spread_give_no_interval():
    assert "same value" in percentile(np.ones(50), 0.95).reason


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_confidence_is_a_share(confidence):
    with pytest.raises(ValueError, match="confidence must be between 0 and 1"):
        wilson(1, 2, confidence)


def test_an_interval_without_reason():
    with pytest.raises(ValueError, match="undefined interval.*wants a reason"):
        Interval(method="wilson")
