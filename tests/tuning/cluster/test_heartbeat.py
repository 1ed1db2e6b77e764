"""Signs of life, by the clock of the one who looks."""

import pytest

from tuning.cluster.heartbeat import Heartbeat


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def mine(tmp_path, clock):
    return Heartbeat(tmp_path, 60.0, clock=clock)


@pytest.fixture
def other(tmp_path):
    made = Heartbeat(tmp_path, 60.0)
    made.beat()
    return made


def looked(mine, clock, seconds):
    """Looks every ten seconds, for so long."""
    for _ in range(seconds // 10):
        clock.now += 10
        mine.look()


def test_a_worker_is_silent_after_its_time(mine, other, clock):
    mine.look()
    looked(mine, clock, 50)
    assert not mine.is_silent(other.name)
    looked(mine, clock, 10)
    assert mine.is_silent(other.name)


def test_a_sign_begins_the_time_anew(mine, other, clock):
    mine.look()
    looked(mine, clock, 50)
    other.beat()
    looked(mine, clock, 50)
    assert not mine.is_silent(other.name)


def test_a_sign_counts_that_was_not_looked_at(mine, other, clock):
    mine.look()
    looked(mine, clock, 70)
    other.beat()
    assert not mine.is_silent(other.name)


def test_a_worker_seen_first_is_not_silent(mine, other):
    assert not mine.is_silent(other.name)


def test_a_worker_that_left_is_silent(mine, other, tmp_path):
    with other:
        assert not mine.is_silent(other.name)
    assert mine.is_silent(other.name)
    assert list((tmp_path / "workers").iterdir()) == []


def test_time_in_which_the_looker_itself_stood_still_is_no_silence(mine, other, clock):
    mine.look()
    clock.now += 1000
    mine.look()
    assert not mine.is_silent(other.name)


def test_it_gives_signs_by_itself(tmp_path):
    with Heartbeat(tmp_path, 0.06) as beating:
        (path,) = (tmp_path / "workers").iterdir()
        before = path.read_text(encoding="utf-8")
        for _ in range(100):
            if path.read_text(encoding="utf-8") != before:
                break
            beating._end.wait(0.02)
        else:
            pytest.fail("no sign of life")
