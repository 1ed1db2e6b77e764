"""Limits of a trial."""

import pytest

from tuning.trials.limits import Limits
from tuning.trials.trial import Trial


def test_what_the_folds_took_is_taken_off():
    trial = Trial(trial_id="0000", values={}, seconds=40.0)
    assert Limits(trial_seconds=60).seconds_left(trial) == 20
    assert Limits(trial_seconds=30).seconds_left(trial) == 0
    assert Limits().seconds_left(trial) is None


@pytest.mark.parametrize("name", ["parameters", "trial_seconds"])
def test_a_limit_of_nothing_is_told(name):
    with pytest.raises(ValueError, match=f"{name} is more than 0"):
        Limits(**{name: 0})
