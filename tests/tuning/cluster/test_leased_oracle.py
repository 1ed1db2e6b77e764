"""Whose trial it is, and when all is over."""

import types

import pytest
from keras_tuner.engine.trial import TrialStatus

from tests.tuning.oracles import searches
from tests.tuning.trials import sweeps
from tuning.cluster.leased_oracle import LeasedOracle
from tuning.cluster.presence import Presence
from tuning.trials.work import TrialTakenError

DONE = {"status": TrialStatus.COMPLETED, "figures": {"val_auc": 0.7}, "message": ""}


@pytest.fixture
def clock():
    return types.SimpleNamespace(now=0.0)


@pytest.fixture
def presence(clock):
    return Presence(60.0, clock=lambda: clock.now)


@pytest.fixture
def leased(tmp_path, presence):
    """As the chief has it that is started at a sweep, again and again."""
    sweep = sweeps.begun(tmp_path / "o")

    def made(most_trials=2, held=None, stops=lambda: False):
        return LeasedOracle(
            searches.oracle("random", sweep.path, most_trials=most_trials, stops=stops),
            sweep=sweep,
            presence=presence,
            stops=stops,
            held=held or {},
        )

    return made


def test_a_worker_that_asks_again_has_its_trial_still(leased):
    oracle = leased()
    first = oracle.create_trial("a")
    assert oracle.create_trial("a").trial_id == first.trial_id == "0000"
    assert oracle.create_trial("b").trial_id == "0001"


def test_the_trial_of_a_silent_worker_is_anothers(leased, presence, clock):
    oracle = leased()
    presence.heard("a")
    values = oracle.create_trial("a").hyperparameters.values
    for _ in range(6):
        clock.now += 10
        left = oracle.take_back()
    assert left == [("a", "0000")]
    taken_up = oracle.create_trial("b")
    assert taken_up.hyperparameters.values == values
    for act in (oracle.check, lambda *of: oracle.end(*of, **DONE)):
        with pytest.raises(TrialTakenError, match="0000"):
            act("a", "0000")
    oracle.end("b", "0000", **DONE)
    assert oracle.create_trial("a").trial_id == "0001"
    assert oracle.fault is None


def test_a_worker_waits_while_others_are_at_their_trials(leased):
    oracle = leased(most_trials=1)
    oracle.create_trial("a")
    assert oracle.create_trial("b").status == TrialStatus.IDLE
    oracle.end("a", "0000", **DONE)
    assert oracle.create_trial("b").status == TrialStatus.STOPPED


def test_nobody_waits_when_no_trial_may_begin(leased):
    oracle = leased(stops=lambda: True)
    assert oracle.create_trial("a").status == TrialStatus.STOPPED
    assert oracle.is_over


def test_when_the_time_is_spent_no_trial_begins(leased):
    oracle = leased()
    oracle.create_trial("a")
    assert oracle.give_back("a", is_spent=True) == "0000"
    assert oracle.create_trial("b").status == TrialStatus.STOPPED
    assert oracle.is_over


def test_it_is_over_when_all_have_ended_and_left(leased, presence):
    oracle = leased(most_trials=1)
    assert not oracle.is_over  # nobody has come yet
    presence.heard("a")
    oracle.create_trial("a")
    oracle.end("a", "0000", **DONE)
    assert not oracle.is_over
    presence.left("a")
    assert oracle.is_over


def test_a_trial_that_was_given_back_keeps_it_going(leased):
    oracle = leased(most_trials=1)
    oracle.create_trial("a")
    oracle.give_back("a")
    assert not oracle.is_over


def test_a_worker_keeps_its_trial_when_the_chief_is_started_again(leased, presence):
    leased().create_trial("a")
    again = leased(held={"a": "0000"})
    assert presence.names == ["a"]
    assert again.create_trial("b").trial_id == "0001"
    again.end("a", "0000", **DONE)


def test_a_step_that_fails_holds_up_no_other(leased):
    oracle = leased()
    oracle.create_trial("a")
    with pytest.raises(ValueError, match="Objective value missing"):
        oracle.end("a", "0000", **DONE | {"figures": {"val_loss": 1.0}})
    assert isinstance(oracle.fault, ValueError)
    assert oracle.trial_ids == ["0000"]
