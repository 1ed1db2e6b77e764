import numpy as np
import pytest

from zoo.evaluation.decisions.net_benefit import net_benefits

HAPPENED = np.array([1, 1, 1, 0, 0, 0, 0, 0, 0, 0], bool)
STATED = np.array([0.9, 0.6, 0.2, 0.7, 0.5, 0.3, 0.1, 0.1, 0.05, 0.05])


def at(threshold, weights=None, **options):
    weights = np.ones((1, 10)) if weights is None else weights
    found = net_benefits(
        HAPPENED, STATED, weights, thresholds=np.array([threshold]), **options
    )
    return found["model"][:, 0], found["all"][:, 0]


def test_the_formula_by_hand():
    (model,), (everybody,) = at(0.4)  # 2 true, 2 false positives of 10
    assert model == pytest.approx(2 / 10 - 2 / 10 * 0.4 / 0.6)
    assert everybody == pytest.approx(3 / 10 - 7 / 10 * 0.4 / 0.6)
    (model,), _ = at(0.6)  # from the threshold on
    assert model == pytest.approx(2 / 10 - 1 / 10 * 0.6 / 0.4)


def test_weights_are_copies():
    weights = np.array([[2.0, 0, 1, 1, 1, 1, 1, 1, 1, 1]])
    (model,), _ = at(0.8, weights)
    assert model == pytest.approx(2 / 10)


def test_at_another_prevalence_rates_carry_over():
    (model,), (everybody,) = at(0.4, prevalence=0.1)
    rate = 0.4 / 0.6
    assert model == pytest.approx(2 / 3 * 0.1 - 2 / 7 * 0.9 * rate)
    assert everybody == pytest.approx(0.1 - 0.9 * rate)
