"""A trial's figure, and what one that is given up is worth."""

import pytest

from tests.tuning.trials.sweeps import finished
from tuning.trials import figures

MEAN = figures.figure(None, "mean")


def folds(*objectives):
    return [(finished(str(n), value), None) for n, value in enumerate(objectives)]


def test_the_mean_is_of_the_folds_figures():
    assert MEAN(*zip(*folds(0.5, 0.75))) == 0.625


def test_easy_folds_do_not_make_a_trial_look_good():
    # Fold 0 is easy: .9 there is worse than the best trial's .95, whose mean is .7.
    value = figures.expected(MEAN, "max", mine=folds(0.9), best=folds(0.95, 0.6, 0.55))
    assert value == pytest.approx(0.65)


def test_of_a_loss_what_is_more_is_worse():
    value = figures.expected(MEAN, "min", mine=folds(0.5), best=folds(0.4, 0.8))
    assert value == pytest.approx(0.7)


@pytest.mark.parametrize("direction", ["max", "min"])
def test_it_is_never_as_good_as_the_best(direction):
    best = folds(0.5, 0.7)
    value = figures.expected(MEAN, direction, mine=best[:1], best=best)
    assert (value < 0.6) == (direction == "max") and value != 0.6
    ahead = folds(0.9 if direction == "max" else 0.1)
    value = figures.expected(MEAN, direction, mine=ahead, best=best)
    assert (value < 0.6) == (direction == "max") and value != 0.6
