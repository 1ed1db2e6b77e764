"""Which workers are there, by the clock of the chief."""

import pytest

from tuning.cluster.presence import Presence


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def presence(clock):
    made = Presence(60.0, clock=clock)
    made.heard("a")
    return made


def looked(presence, clock, seconds):
    """Looks every ten seconds, for so long; who was found gone."""
    gone = []
    for _ in range(seconds // 10):
        clock.now += 10
        gone += presence.gone()
    return gone


def test_a_silent_worker_is_gone_once(presence, clock):
    assert looked(presence, clock, 50) == []
    assert looked(presence, clock, 100) == ["a"]
    assert presence.names == []


def test_a_sign_begins_the_time_anew(presence, clock):
    looked(presence, clock, 50)
    presence.heard("a")
    assert looked(presence, clock, 50) == []


def test_one_that_left_is_not_silent(presence, clock):
    presence.heard("b")
    presence.left("a")
    assert presence.names == ["b"]
    assert looked(presence, clock, 60) == ["b"]


def test_time_in_which_the_chief_stood_still_is_no_silence(presence, clock):
    clock.now += 1000
    assert presence.gone() == []
