import io

import pytest

from pipelines.errors import DataError
from tests.zoo.watching.drops import FakeClock
from zoo.watching.clock import StopAskedError
from zoo.watching.event_log import EventLog
from zoo.watching.patience import Patience


def made(**options):
    clock, stream = FakeClock(), io.StringIO()
    return Patience(clock, EventLog(clock, stream), **options), clock, stream


def waits(patience, clock, number):
    times = [clock.now()]
    for _ in range(number):
        patience.wait("the endpoint: refused")
        times.append(clock.now())
    return [after - before for before, after in zip(times, times[1:])]


def test_it_waits_longer_each_time_up_to_a_minute():
    patience, clock, _ = made()
    for number, seconds in enumerate(waits(patience, clock, 12)):
        longest = min(2**number, 60)
        assert longest / 2 <= seconds <= longest


def test_when_all_is_well_it_begins_again_and_says_so():
    patience, clock, stream = made()
    waits(patience, clock, 9)
    patience.over()
    assert waits(patience, clock, 1)[0] <= 1
    patience.over()
    patience.over()
    lines = stream.getvalue().splitlines()
    assert [line.split()[1] for line in lines[-4:]] == [
        *("waiting", "going_on", "waiting", "going_on")
    ]
    assert 'cause="the endpoint: refused"' in lines[0]


def test_it_waits_for_weeks_but_not_with_once():
    patience, clock, _ = made()
    waits(patience, clock, 2000)
    patience, clock, _ = made(once=True)
    with pytest.raises(
        DataError, match="600 s .* the endpoint: refused. The next call"
    ):
        waits(patience, clock, 2000)
    assert clock.now() - 1000 < 700


def test_it_ends_with_the_wish_to_stop():
    patience, clock, _ = made()
    clock.stop_asked = True
    with pytest.raises(StopAskedError):
        patience.wait("x")
    patience, clock, _ = made()
    clock.meanwhile = lambda: setattr(clock, "stop_asked", True)
    with pytest.raises(StopAskedError):
        patience.wait("x")
