"""How ways are timed in turn."""

from itertools import count
from types import SimpleNamespace

import pytest


@pytest.fixture
def clock(monkeypatch):
    """A clock that elements move on, and nothing else."""
    import loading_ways

    now = [0.0]
    time = SimpleNamespace(
        perf_counter=lambda: now[0],
        process_time=lambda: 2 * now[0],
        sleep=lambda _: None,
    )
    monkeypatch.setattr(loading_ways, "time", time)
    return now


def elements(clock, *, ahead, seconds):
    """Those made ahead come at once (almost), others after some seconds."""
    for number in count():
        clock[0] += 1e-6 if number < ahead else seconds
        yield number


@pytest.mark.parametrize("ahead", [0, 50])
@pytest.mark.parametrize("seconds", [0.002, 0.5])
def test_what_was_made_ahead_is_not_timed(clock, ahead, seconds):
    import loading_ways

    source = elements(clock, ahead=ahead, seconds=seconds)
    wall, cpu = loading_ways.seconds(source, 4)
    assert wall == pytest.approx(seconds / 4, rel=1e-6)
    assert cpu == pytest.approx(2 * seconds / 4, rel=1e-6)


def test_ratios_are_of_the_same_round():
    from loading_ways import paired

    assert paired([1, 20, 900], [2, 10, 300]) == 2


def test_the_first_epoch_finds_an_empty_cache(tmp_path, monkeypatch):
    import loading_ways
    from noise_data import write_data_set

    begun = []
    plain = loading_ways.training

    def training(*args):
        begun.append(args)
        return plain(*args)

    monkeypatch.setattr(loading_ways, "training", training)
    data = write_data_set(tmp_path, 8, (8, 8, 8))
    assert loading_ways.first_epoch(data, "zscore") > 0
    assert begun == [(data, "zscore", loading_ways.MEMORY)] * 3
