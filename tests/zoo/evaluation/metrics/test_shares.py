import math

import numpy as np
import pytest
from scipy.stats import binom, binomtest, norm, poisson, t

from zoo.evaluation.metrics import shares
from zoo.evaluation.metrics.intervals import Interval, wilson


def test_of_one_sample_a_patient_it_is_wilsons():
    right, counted = np.arange(20) < 13, np.arange(20) < 16
    assert shares.share(right, counted, None, 0.9) == wilson(13, 16, 0.9)
    scipys = binomtest(13, 16).proportion_ci(0.9, method="wilson")
    found = shares.share(right, counted, None, 0.9)
    assert (found.low, found.high) == pytest.approx((scipys.low, scipys.high))


def test_of_several_it_is_wilsons_of_the_effective_number():
    """By hand: the variance of a ratio over patients, and Student's degrees."""
    generator = np.random.default_rng(1)
    patient = np.repeat(np.arange(15), 4)
    right = (generator.random(15)[patient] + 0.4 * generator.random(60)) > 0.6
    everywhere = np.ones(60, bool)
    found = shares.share(right, everywhere, patient, 0.95)
    means = right.reshape(15, 4).mean(axis=1)
    value, error = means.mean(), means.std(ddof=1) / math.sqrt(15)
    z = norm.ppf(0.975)
    number = value * (1 - value) / error**2 * (z / t.ppf(0.975, 14)) ** 2
    for end in (found.low, found.high):
        error = math.sqrt(end * (1 - end) / number)
        assert abs(end - value) == pytest.approx(z * error)
    assert found.method == "wilson_clustered"


def test_copies_of_a_sample_tell_nothing_new():
    right = np.arange(12) < 9
    patient = np.arange(12)
    alone = shares.share(right, np.ones(12, bool), patient, 0.95)
    copies = shares.share(
        np.repeat(right, 5), np.ones(60, bool), np.repeat(patient, 5), 0.95
    )
    assert copies == alone


def test_without_a_failure_patients_count_not_samples():
    right, patient = np.ones(60, bool), np.repeat(np.arange(12), 5)
    found = shares.share(right, right, patient, 0.95)
    number = 12 * (norm.ppf(0.975) / t.ppf(0.975, 11)) ** 2
    assert found.low == pytest.approx(number / (number + norm.ppf(0.975) ** 2))
    assert found.high == 1.0


def test_what_one_patient_alone_tells_is_no_interval():
    right, patient = np.array([True, False]), np.array([0, 0])
    assert "one patient" in shares.share(right, right | True, patient, 0.95).reason
    nothing = shares.share(right, right & False, patient, 0.95)
    assert nothing.reason == "no trial"


def test_few_failures_move_the_end_of_wilson_outwards():
    """Brown, Cai and DasGupta (2001): 2 of 50 are above lambda / 50."""
    found = shares.modified(48, 50, 0.95)
    assert found.low == wilson(48, 50, 0.95).low
    failures = 50 * (1 - found.high)
    assert poisson.sf(1, failures) == pytest.approx(0.05)
    mirrored = shares.modified(2, 50, 0.95)
    assert mirrored.low == pytest.approx(1 - found.high)
    assert shares.modified(40, 50, 0.95) is None
    assert shares.modified(50, 50, 0.95) is None


@pytest.mark.parametrize("trials", [20, 50, 100])
def test_modified_wilson_covers_shares_near_1(trials):
    """By the binomial probabilities, not by simulation."""
    counts = np.arange(trials + 1)
    ends = [
        shares.modified(count, trials, 0.95) or wilson(count, trials, 0.95)
        for count in counts.tolist()
    ]
    low, high = np.array([(end.low, end.high) for end in ends]).T
    found = [
        binom.pmf(counts, trials, p)[(low <= p) & (p <= high)].sum()
        for p in np.linspace(0.8, 0.998, 67)
    ]
    assert min(found) > 0.915 and np.mean(found) > 0.95


def test_f1_is_a_function_of_the_jaccard_index():
    """7 true positives, 3 false ones and 2 missed: F1 = 14 / 19, J = 7 / 12."""
    jaccard = wilson(7, 12, 0.95)
    found = shares.f1_from(jaccard)
    assert pytest.approx(14 / 19) == 2 * (7 / 12) / (1 + 7 / 12)
    assert found.low / (2 - found.low) == pytest.approx(jaccard.low)
    assert found.high / (2 - found.high) == pytest.approx(jaccard.high)
    nothing = Interval(method="wilson", reason="no trial")
    assert shares.f1_from(nothing) == nothing


def test_the_mean_of_two_has_newcombes_interval_of_a_difference():
    """Newcombe (Statistics in Medicine 17, 1998, 873-890), method 10, table II.

    56 of 70 less 48 of 80: 0.2, with 0.0524 to 0.3339; half of it is the mean of p1 and
    -p2.
    """
    first, second = wilson(56, 70, 0.95), wilson(48, 80, 0.95)
    minus = Interval(method="wilson", low=-second.high, high=-second.low)
    found = shares.mean_of((0.8, -0.6), (first, minus))
    assert (2 * found.low, 2 * found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_wholly_correlated_figures_have_the_mean_of_their_ends():
    intervals = [Interval(method="a", low=0.5, high=0.8), wilson(5, 10, 0.95)]
    found = shares.mean_of((0.7, 0.5), intervals, np.ones((2, 2)))
    assert found.low == pytest.approx((0.5 + intervals[1].low) / 2)
    assert found.high == pytest.approx((0.8 + intervals[1].high) / 2)


def test_without_one_interval_there_is_none_of_the_mean():
    intervals = [wilson(5, 10, 0.95), Interval(method="wilson", reason="no trial")]
    assert shares.mean_of((0.5, 0.5), intervals).reason == "no trial"


def test_the_bound_of_a_perfect_kappa_is_nearly_the_rule_of_three():
    found = shares.perfect_kappa(0.5, 100, 0.95)
    assert found.low == pytest.approx(1 - (3 / 100) / 0.5, abs=2e-3)
    exact = binomtest(100, 100).proportion_ci(0.9).low  # both sides: 5 % below
    assert found.low == pytest.approx((exact - 0.5) / 0.5)


def test_the_rarer_outcomes_patients_bound_the_degrees_of_freedom():
    """Two of 30 patients have all the failures: six degrees, not 29."""
    patient = np.repeat(np.arange(30), 3)
    right = patient >= 2
    number = shares.effective_number(right, np.ones(90, bool), patient, 0.95)
    variance = (28 / 30) * (2 / 30) / 29
    effective = (28 / 30) * (2 / 30) / variance
    wider = t.ppf(0.975, 6) / norm.ppf(0.975)
    assert number == pytest.approx(effective / wider**2)
    alone = shares.effective_number(right, patient == 5, patient, 0.95)
    assert alone is None


def test_a_widened_mean_has_students_quantile():
    plain = Interval(method="mover", low=0.7, high=0.9)
    found = shares.widened(plain, 0.82, 32, 2, 0.95)
    wider = t.ppf(0.975, 30) / norm.ppf(0.975) * math.sqrt(32 / 30)
    assert found.low == pytest.approx(0.82 - wider * 0.12)
    assert found.high == pytest.approx(0.82 + wider * 0.08)
    assert shares.widened(plain, 0.82, 2, 2, 0.95) == plain
    assert shares.widened(plain, 0.95, 6, 2, 0.95).high <= 1


def test_the_widened_mean_of_two_sensitivities_covers():
    """By the binomial probabilities: 15 against 15, where MOVER's alone holds 91 %."""
    counts = np.arange(16)
    each = [
        shares.modified(count, 15, 0.95) or wilson(count, 15, 0.95)
        for count in counts.tolist()
    ]
    lows, highs = np.empty((2, 16, 16))
    for i in range(16):
        for j in range(16):
            mean = shares.mean_of((i / 15, j / 15), (each[i], each[j]))
            wide = shares.widened(mean, (i + j) / 30, 30, 2, 0.95)
            lows[i, j], highs[i, j] = wide.low, wide.high
    covered = []
    for p in np.linspace(0.6, 0.97, 38):
        for q in (p, 0.75, 0.9):
            chances = np.outer(binom.pmf(counts, 15, p), binom.pmf(counts, 15, q))
            held = (lows <= (p + q) / 2) & ((p + q) / 2 <= highs)
            covered.append(chances[held].sum())
    assert min(covered) > 0.93 and np.mean(covered) < 0.975
