"""Sweeps replayed on a grid: what was found, and at what cost."""

import numpy as np
import pytest

from tests.benchmarks import small_grid


@pytest.fixture
def grid(tmp_path):
    import sweep_grid

    sweep = small_grid.sweep(tmp_path / "sweep")
    sweep_grid.keep(sweep.path, tmp_path / "kept")
    return sweep_grid.read(tmp_path / "kept")


@pytest.mark.parametrize("tuner", ["random", "bayesian", "optuna"])
def test_with_time_enough_every_tuner_finds_the_best(grid, tuner):
    import sweep_oracles

    if tuner == "optuna":
        pytest.importorskip("optuna")
    found = sweep_oracles.searched(grid, tuner, seed=0, cost=4)
    assert [each.cost for each in found] == [1, 2, 3, 4]
    assert found[-1].objective == max(t.objective_after(5) for t in grid.trials)


def test_a_short_round_costs_its_epochs(grid):
    import sweep_oracles

    found = sweep_oracles.searched(grid, "hyperband", seed=0, cost=2)
    assert found[0].cost == pytest.approx(2 / 5)
    assert found[-1].cost <= 2


def test_nothing_is_found_before_the_first_trial_ended():
    import sweep_oracles

    found = [sweep_oracles.Found(cost=c, objective=o) for c, o in ((1, 0.6), (2, 0.7))]
    assert np.isnan(sweep_oracles.at(found, 0.5))
    assert [sweep_oracles.at(found, cost) for cost in (1, 1.5, 9)] == [0.6, 0.6, 0.7]


def test_the_table_names_tuners_and_costs(grid):
    pytest.importorskip("optuna")
    import sweep_oracles

    lines = sweep_oracles.table(grid, seeds=2, costs=[1, 2]).splitlines()
    assert lines[0].split(" | ")[1:5] == [*sweep_oracles.TUNERS]
    assert [line.split(" | ")[0] for line in lines[2:]] == ["| 1", "| 2"]


def test_leads_are_taken_seed_by_seed():
    from sweep_oracles import _lead

    mine, other = np.array([0.5, 0.7, 0.9]), np.array([0.4, 0.6, 0.8])
    assert _lead(mine, other) == "+0.1000 ± 0.0000"
    assert _lead(mine, np.array([0.5, np.nan, 0.8])) == "-"
