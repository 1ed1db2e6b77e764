import pytest

from zoo.serving.client import retries
from zoo.serving.client.endpoint_error import EndpointError


class Fails:
    """Raises what it is given, one each time, then answers."""

    def __init__(self, *errors):
        self.errors, self.left = list(errors), []

    def __call__(self, left):
        self.left.append(left)
        if self.errors:
            raise self.errors.pop(0)
        return "answer"


def test_waits_grow_and_are_drawn_by_chance(no_waits):
    ask = Fails(*[EndpointError("busy")] * 5)
    assert retries.retried(ask, timeout_s=100) == "answer"
    for number, wait in enumerate(no_waits):
        assert 0.25 * 2**number <= wait <= 0.5 * 2**number
    assert len({*no_waits}) == 5


def test_tries_are_bounded(no_waits):
    ask = Fails(*[EndpointError("busy")] * 100)
    with pytest.raises(EndpointError, match="too busy"):
        retries.retried(ask, timeout_s=1000)
    assert len(ask.left) == retries.TRIES


def test_what_can_not_pass_is_asked_once(no_waits):
    ask = Fails(EndpointError("token_refused"))
    with pytest.raises(EndpointError, match="refuses the token"):
        retries.retried(ask, timeout_s=100)
    assert len(ask.left) == 1 and not no_waits


def test_what_the_server_asks_to_wait_is_waited(no_waits):
    retries.retried(Fails(EndpointError("busy", retry_after_s=7)), timeout_s=100)
    assert 7 < no_waits[0] < 8


def test_a_wait_beyond_the_time_is_not_begun(no_waits):
    ask = Fails(EndpointError("busy", retry_after_s=7))
    with pytest.raises(EndpointError, match="too busy"):
        retries.retried(ask, timeout_s=5)
    assert not no_waits


def test_each_try_has_what_is_left_of_the_time(monkeypatch):
    now, waits = [7.0], []

    def wait(seconds):
        waits.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(retries.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(retries.time, "sleep", wait)
    ask = Fails(EndpointError("busy"))
    retries.retried(ask, timeout_s=10)
    assert 0.25 <= waits[0] <= 0.5
    assert ask.left == pytest.approx([10, 10 - waits[0]])
