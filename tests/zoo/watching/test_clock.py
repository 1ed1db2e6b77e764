import os
import signal
import time

import pytest

from pipelines.command import TerminatedError
from zoo.watching.clock import Clock


@pytest.fixture
def clock():
    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)}
    made = Clock()
    made.stop_on_signals()
    yield made
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_pause_ends_when_it_is_asked_to_stop(clock):
    begun = time.monotonic()
    os.kill(os.getpid(), signal.SIGTERM)
    clock.pause(60)
    assert clock.stop_asked
    assert time.monotonic() - begun < 30


def test_a_pause_lasts_as_long_as_it_is_to(clock):
    begun = clock.now()
    clock.pause(0.05)
    assert clock.now() - begun >= 0.05
    assert abs(clock.wall() - time.time()) < 60


@pytest.mark.parametrize(
    ("number", "error"),
    [(signal.SIGTERM, TerminatedError), (signal.SIGINT, KeyboardInterrupt)],
)
def test_a_second_signal_ends_at_once(clock, number, error):
    os.kill(os.getpid(), signal.SIGTERM)
    assert clock.stop_asked
    with pytest.raises(error):
        os.kill(os.getpid(), number)
        time.sleep(5)
