import math
from statistics import NormalDist

import numpy as np
import pytest

from zoo.evaluation.metrics.newcombe import newcombe, separation, variance

Z = NormalDist().inv_cdf(0.975)


def roots(area, positives, negatives):
    """The equation of Newcombe (2006), method 5, as a polynomial of the fourth degree.

    `mn (area - A)^2 (2 - A) (1 + A) = z^2 A (1 - A) ((2 - A) (1 + A)
    + N (1 - A) (1 + A) + N A (2 - A))`, with N = (m + n) / 2 - 1.
    """
    a, one = np.poly1d([1, 0]), np.poly1d([1])
    both = (2 * one - a) * (one + a)
    each = (positives + negatives) / 2 - 1
    spread = both + each * (one - a) * (one + a) + each * a * (2 * one - a)
    left = positives * negatives * (area * one - a) ** 2 * both
    found = (left - Z**2 * a * (one - a) * spread).roots
    real = np.sort(found[np.abs(found.imag) < 1e-9].real)
    return real[(real > -1e-9) & (real < 1 + 1e-9)]


@pytest.mark.parametrize(
    ("area", "positives", "negatives"),
    [(0.9, 3, 27), (0.75, 40, 60), (0.5, 10, 10), (0.03, 6, 54), (0.995, 200, 30)],
)
def test_the_ends_are_the_roots_of_newcombes_equation(area, positives, negatives):
    found = newcombe(area, positives, negatives, 0.95)
    wanted = roots(area, positives, negatives)
    assert (found.low, found.high) == pytest.approx((wanted[0], wanted[-1]), abs=1e-8)


def test_the_variance_is_hanleys_and_mcneils_where_the_counts_are_equal():
    """Their example (Radiology 143, 1982): Q1 = A / (2 - A), Q2 = 2A^2 / (1 + A)."""
    area, count = 0.893, 54
    first, second = area / (2 - area), 2 * area**2 / (1 + area)
    wanted = area * (1 - area)
    wanted += (count - 1) * (first - area**2 + second - area**2)
    assert variance(area, count, count) == pytest.approx(wanted / count**2)


def test_the_ends_stay_within_0_and_1():
    perfect, worst = newcombe(1.0, 12, 12, 0.95), newcombe(0.0, 12, 12, 0.95)
    assert (perfect.high, worst.low) == (1.0, 0.0)
    assert perfect.low == pytest.approx(1 - worst.high)
    assert 1 - perfect.low == pytest.approx(
        Z * math.sqrt(variance(perfect.low, 12, 12))
    )
    assert newcombe(1.0, 1, 5, 0.95).low > 0
    assert newcombe(1.0, 0, 5, 0.95).reason == "a class has no sample"


def test_12_against_12_wholly_separated_say_that_the_auc_is_above_092():
    found = separation(12, 12, 0.95)
    assert (found.low, found.high) == (pytest.approx(0.922, abs=5e-4), 1.0)
    assert found.one_sided


@pytest.mark.parametrize(("positives", "negatives"), [(3, 9), (9, 3), (12, 12)])
def test_with_the_bounds_auc_classes_are_separated_as_seldom_as_said(
    positives, negatives
):
    distance = NormalDist().inv_cdf(separation(positives, negatives, 0.9).low)
    generator = np.random.default_rng(0)
    above = generator.normal(size=(40_000, positives)) + distance * math.sqrt(2)
    below = generator.normal(size=(40_000, negatives))
    share = np.mean(above.min(axis=1) > below.max(axis=1))
    assert share == pytest.approx(0.1, abs=0.006)


def test_of_one_against_one_the_area_is_the_probability():
    """P(X > Y) is the AUC."""
    assert separation(1, 1, 0.95).low == pytest.approx(0.05, abs=1e-6)
