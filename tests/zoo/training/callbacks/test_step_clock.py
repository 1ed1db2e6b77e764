import pytest

from zoo.training.callbacks import step_clock
from zoo.training.callbacks.step_clock import EpochTimes, StepClock

TIMES = EpochTimes(
    first=[(0.5, 3.0), (0.25, 2.0)],
    others=[0.1, 0.2, 0.3],
    validations=[1.0, 0.4, 0.2],
)


def test_a_first_step_counts_as_a_usual_one():
    assert TIMES.steps == pytest.approx(0.6 + 2 * 0.2)
    assert TIMES.waiting == 0.75


def test_what_first_ones_take_more_is_tracing():
    assert TIMES.tracing == pytest.approx((5.0 - 2 * 0.2) + (1.0 - 0.3))
    assert TIMES.validation == pytest.approx(1.6 - 0.7)


def test_the_parts_are_the_whole():
    parts = TIMES.steps + TIMES.waiting + TIMES.tracing + TIMES.validation
    assert parts == pytest.approx(0.75 + 5.0 + 0.6 + 1.6)


def test_of_a_single_step_nothing_is_told_apart():
    alone = EpochTimes(first=[(0.5, 3.0)], validations=[1.0])
    assert (alone.steps, alone.tracing, alone.validation) == (3.0, 0.0, 1.0)


def test_nothing_took_no_time():
    none = EpochTimes()
    assert (none.steps, none.waiting, none.tracing, none.validation) == (0, 0, 0, 0)


def test_a_clock_tells_the_first_step_of_a_stage_from_the_others(monkeypatch):
    class Wait:
        seconds = 0.0

    wait, times, now = Wait(), EpochTimes(), [0.0]
    monkeypatch.setattr(step_clock.time, "perf_counter", lambda: now[0])
    for _ in range(2):  # stages
        clock = StepClock(wait, times)
        for seconds, waited in ((5.0, 1.0), (2.0, 0.5), (3.0, 0.5)):
            clock.on_train_batch_begin(0)
            now[0] += seconds
            wait.seconds += waited
            clock.on_train_batch_end(0)
    assert times.first == [(1.0, 4.0)] * 2
    assert times.others == [2.0, 3.0] * 2
