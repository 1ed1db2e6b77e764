"""The time of a sweep, over all calls."""

import pytest

from tests.tuning.trials.sweeps import finished
from tuning.trials.budget import Budget, expected_seconds
from tuning.trials.fold_result import FoldResult


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def test_time_goes_on_where_the_last_call_ended(tmp_path):
    clock = Clock()
    first = Budget(tmp_path, 60, clock=clock)
    clock.now += 20
    first.note()
    clock.now += 1000  # killed: nobody noted it
    again = Budget(tmp_path, 60, clock=clock)
    assert (again.spent, again.left) == (20, 40)


def test_what_can_not_end_in_time_is_not_allowed(tmp_path):
    clock = Clock()
    budget = Budget(tmp_path, 60, clock=clock)
    clock.now += 50
    assert budget.allows(10) and not budget.allows(10.1)
    clock.now += 10
    assert budget.left == 0 and not budget.allows(0)


def test_without_a_limit_everything_is_allowed(tmp_path):
    budget = Budget(tmp_path)
    assert budget.left is None and budget.allows(1e9)


def test_a_trials_own_folds_tell_the_time_of_the_next():
    own = [finished("0", 0.5, seconds=4.0), finished("1", 0.5, seconds=6.0)]
    others = [(finished("0", 0.5, seconds=100.0), 5)]
    assert expected_seconds(own, others, 5) == 5


def test_the_time_of_other_trials_goes_with_the_epochs():
    others = [(finished("0", 0.5, seconds=10.0), 5)]
    assert expected_seconds([], others, 15) == pytest.approx(30)


def test_where_nothing_is_known_nothing_is_expected():
    failed = FoldResult(fold="0", outcome="failed", seconds=3.0)
    assert expected_seconds([], [(failed, 3)], 5) == 0
