import dataclasses

import numpy as np
import pytest

from tests.tuning.reporting import made_up
from tuning.reporting import axis, importance
from tuning.reporting.importance import LEAST_TRIALS
from tuning.space import space as spaces
from tuning.trials.trial import Trial

RATE = "optimisation.learning_rate"
BATCH = "optimisation.batch_size"


@pytest.fixture(scope="module")
def space(tmp_path_factory):
    path = tmp_path_factory.mktemp("space") / "space.toml"
    path.write_text(made_up.SPACE, encoding="utf-8")
    return spaces.load(str(path))


def found(space, figure, count=60):
    """Of trials whose objective `figure(values)` gives."""
    random = np.random.default_rng(0)
    trials = []
    for number in range(count):
        values = made_up.values(random)
        trials.append(made_up.trial(number, figure(values), values))
    return importance.importances(axis.axes(space, trials), trials)


def by_name(importances):
    return {one.name: one for one in importances.each}


def test_the_one_parameter_that_decides_is_the_one_that_matters(space):
    importances = found(space, lambda v: np.log10(v[RATE]))
    first, *others = importances.each
    assert first.name == RATE
    assert first.share == pytest.approx(1.0, abs=0.15)
    assert all(other.low <= 0 <= other.high for other in others)
    assert importances.explained > 0.9


def test_a_choice_that_decides_is_found(space):
    importances = found(space, lambda v: 0.9 if v["arch"] == "cnn3d" else 0.7)
    assert importances.each[0].name == "arch"
    assert importances.each[0].share == pytest.approx(1.0, abs=0.15)


def test_a_condition_is_not_taken_for_its_parameter(space):
    """batch_size holds with cnn3d alone; its absence would foretell the network."""
    shares = by_name(found(space, lambda v: 0.9 if v["arch"] == "cnn3d" else 0.7))
    assert abs(shares[BATCH].share) < 0.02


def test_a_conditional_parameter_that_decides_is_found(space):
    shares = by_name(found(space, lambda v: 0.5 + v.get(BATCH, 8) / 50, count=120))
    assert shares[BATCH].low > 0.05
    assert shares[BATCH].share > 3 * shares["optimisation.learning_rate"].share
    assert shares[BATCH].trials < 120


def test_of_chance_alone_nothing_is_explained(space):
    random = np.random.default_rng(5)
    importances = found(space, lambda v: random.normal())
    assert importances.explained < 0.1
    assert all(one.low < 0 < one.high for one in importances.each)


def test_one_trial_that_diverged_does_not_decide_all(space):
    figures = iter([1e9])
    importances = found(space, lambda v: next(figures, -np.log10(v[RATE])))
    assert importances.each[0].name == RATE
    assert importances.each[0].low > 0.3


def test_too_few_trials_say_so(space):
    importances = found(space, lambda v: v[RATE], count=LEAST_TRIALS - 1)
    assert importances.each == ()
    assert importances.reason.startswith("Too few trials: 19 have a figure")
    assert found(space, lambda v: v[RATE], count=LEAST_TRIALS).each


def test_equal_figures_and_equal_values_say_so(space):
    assert "same figure" in found(space, lambda v: 0.8).reason
    one = made_up.trial(0, 0.5, {"arch": "cnn3d"})
    trials: list[Trial] = [
        dataclasses.replace(one, trial_id=f"{n:04d}", objective=n / 30)
        for n in range(30)
    ]
    of_one = importance.importances(axis.axes(space, trials), trials)
    assert of_one.reason == "No parameter has more than one value."
