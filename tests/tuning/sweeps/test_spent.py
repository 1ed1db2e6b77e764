"""A budget that ends before the first trial does."""

import dataclasses

import pytest

from tests.tuning.reporting import made_up
from tuning.sweeps import spent
from tuning.sweeps.command_line import Options

ASKED = Options(budget="2h")
VALUES = {"optimisation.learning_rate": 0.001}


@pytest.fixture
def sweep(tmp_path):
    return made_up.sweep(tmp_path / "s", folds=("0", "1", "2"))


def running(number, folds):
    one = made_up.trial(number, 0.7, VALUES, folds=folds)
    return dataclasses.replace(one, state="running", objective=None)


@pytest.mark.parametrize(
    ("folds", "words"),
    [((), "0 of 3 folds are done"), (("0",), "1 of 3 folds is done")],
)
def test_within_the_first_trial(sweep, folds, words):
    made_up.put(sweep, running(0, folds))
    assert spent.sentence(sweep, ASKED) == (
        f"the --budget of 2h ended within trial 0000, of which {words}: no trial was "
        "completed yet. The same command with a longer --budget goes on from there"
    )


def test_after_a_trial_that_failed(sweep):
    made_up.put(sweep, made_up.failed(0, VALUES))
    made_up.put(sweep, running(1, ("0",)))
    assert "ended within trial 0001" in spent.sentence(sweep, ASKED)


def test_before_the_first_trial_of_several_sweeps(sweep):
    asked = dataclasses.replace(ASKED, outer_folds=3)
    words = "of 2h, which 4 sweeps share, ended before the first trial began"
    assert words in spent.sentence(sweep, asked)


def test_other_ends_are_none_of_a_budget(sweep):
    assert spent.sentence(sweep, Options()) == ""
    made_up.put(sweep, made_up.failed(0, VALUES))
    assert spent.sentence(sweep, ASKED) == ""
    made_up.put(sweep, made_up.trial(1, 0.7, VALUES))
    made_up.put(sweep, running(2, ("0",)))
    assert spent.sentence(sweep, ASKED) == ""
