"""Which oracle is asked."""

import pytest

from pipelines.errors import UsageError
from tests.tuning.oracles import searches
from tuning.oracles import choice, optuna_installed


def test_without_optuna_its_cure_is_told(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'mri-volume-zoo\[optuna\]'"):
        optuna_installed.check()


def test_seeds_are_spread_and_never_none():
    seeds = {choice.spread_seed(seed) for seed in range(100)}
    assert len(seeds) == 100
    assert min(seeds) > 0 and max(seeds) <= 2**31


def test_hyperband_goes_round_once_or_as_often_as_trials_are_left_for(tmp_path):
    number = len(searches.run(searches.oracle("hyperband", tmp_path)))
    longer = searches.oracle("hyperband", tmp_path, most_trials=number + 3)
    assert len(searches.run(longer)) == number + 3
