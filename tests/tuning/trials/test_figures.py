"""A trial's figure, and what one that is given up is worth."""

import pytest

from tests.tuning.trials.sweeps import finished
from tests.zoo.evaluation.cohorts import cohort
from tests.zoo.evaluation.comparison.models import in_folds, other_model
from tuning.trials import figures
from zoo.evaluation.comparison import objectives
from zoo.evaluation.comparison.contributions import parts_of

MEAN = figures.figure(None, "mean")


def folds(*objectives):
    return [(finished(str(n), value), None) for n, value in enumerate(objectives)]


def test_the_mean_is_of_the_folds_figures():
    assert MEAN(*zip(*folds(0.5, 0.75))) == 0.625


def test_of_repeats_the_pooled_figure_is_the_mean_of_theirs():
    """One that is not done has the weight of its folds."""
    objective = objectives.named("val_auc")
    whole = [in_folds(other_model(cohort(24), seed), 2) for seed in range(2)]
    parts = [part for each in whole for part in parts_of(each, "mean")]
    pooled = figures.figure(objective, "pooled", 2)
    both = [objective.of(each) for each in whole]
    assert pooled([None] * 4, parts) == pytest.approx(sum(both) / 2)
    begun = (2 * both[0] + objective.of(parts[2])) / 3
    assert pooled([None] * 3, parts[:3]) == pytest.approx(begun)


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
