"""Giving trials up, replayed: as a sweep does it."""

import pytest

from tests.benchmarks import small_grid
from tuning.trials.abandonment import Abandonment, has_a_chance
from zoo.evaluation.comparison import objectives

FULL = [0.6, 0.9, 0.7]
NEVER = 0.0


def test_without_a_verdict_every_fold_is_trained_and_the_best_is_chosen():
    from sweep_abandonment import swept

    end = swept(FULL, [0, 1, 2], [0, 1], lambda *_: None, 0.1)
    assert (end.fits, end.chosen) == (6, 1)


def test_a_trial_without_a_chance_stops_after_its_first_fold():
    from sweep_abandonment import swept

    asked = []

    def chance(trial, best, folds):
        asked.append((trial, best, *folds))
        return NEVER if trial == 2 else 1.0

    end = swept(FULL, [0, 1, 2], [1, 0], chance, 0.1)
    assert asked == [(1, 0, 1), (2, 1, 1)]  # against the best so far, same folds
    assert (end.fits, end.chosen) == (5, 1)


def test_a_trial_given_up_is_never_chosen():
    from sweep_abandonment import swept

    end = swept(FULL, [0, 1, 2], [0, 1], lambda *_: NEVER, 0.1)
    assert (end.fits, end.chosen) == (4, 0)


@pytest.fixture
def grid(tmp_path):
    import sweep_grid

    sweep = small_grid.sweep(tmp_path / "sweep")
    sweep_grid.keep(sweep.path, tmp_path / "kept")
    return sweep_grid.read(tmp_path / "kept")


def test_the_chance_is_that_of_the_rule(grid):
    import sweep_abandonment

    mine, its = (
        [fold.predictions for fold in grid.trials[number].folds] for number in (2, 0)
    )
    verdict = has_a_chance(mine, its, objectives.named("val_auc"), Abandonment())
    assert sweep_abandonment.chances(grid)(2, 0, [1, 0]) == verdict.p


def test_a_choice_by_chance_loses_the_mean_distance_to_the_best(grid):
    import sweep_abandonment

    last = sweep_abandonment.table(grid, seeds=3, levels=[0.1]).splitlines()[-1]
    # 0.61, 0.71, 0.81 and 0.76: on the average 0.0875 below the best one.
    assert last.startswith("| a trial by chance | 0.250 | 0.0875 |")
