"""A grid that is kept as CSV reads back as it was."""

import numpy as np
import pytest

from tests.benchmarks import small_grid
from tuning.trials import results


@pytest.fixture
def kept(tmp_path):
    import sweep_grid

    sweep = small_grid.sweep(tmp_path / "sweep")
    assert sweep_grid.keep(sweep.path, tmp_path / "kept") == 4
    return sweep, tmp_path / "kept"


def test_values_and_objectives_read_back(kept):
    import sweep_grid

    sweep, folder = kept
    grid = sweep_grid.read(folder)
    assert [trial.values for trial in grid.trials] == small_grid.COMBINATIONS
    written = [trial.objective for trial in results.trials(sweep)]
    assert [trial.objective for trial in grid.trials] == pytest.approx(written)
    assert grid.epochs == 5


def test_predictions_read_back_and_their_patients_are_numbers(kept):
    import sweep_grid

    sweep, folder = kept
    grid = sweep_grid.read(folder)
    for trial, mine in zip(results.trials(sweep), grid.trials, strict=True):
        for part, fold in zip(results.predictions(sweep, trial), mine.folds):
            read = fold.predictions
            np.testing.assert_array_equal(read.truth, part.truth)
            for word in ("prob", "logit"):
                np.testing.assert_allclose(
                    read.outputs[word], part.outputs[word], rtol=1e-8
                )
    ids = [
        name for fold in grid.trials[0].folds for name in fold.predictions.patient_id
    ]
    assert sorted(map(int, ids)) == [*range(1, 61)]
    text = (folder / "predictions.csv").read_text(encoding="utf-8")
    assert not any(name in text for name in part.patient_id)


def test_fewer_epochs_are_the_beginning_of_the_curve(kept):
    import sweep_grid

    first = sweep_grid.read(kept[1]).trials[0]
    # Each fold rises to its objective, less 0.2 / epoch: 0.6 and 0.62 here.
    assert first.objective_after(1) == pytest.approx(0.61 - 0.2)
    assert first.objective_after(4) == pytest.approx(0.61 - 0.05)


def test_of_an_unfinished_grid_whole_values_of_the_first_parameter_are_kept(tmp_path):
    import sweep_grid

    sweep = small_grid.sweep(tmp_path / "sweep", count=3)
    assert sweep_grid.keep(sweep.path, tmp_path / "kept") == 2
    grid = sweep_grid.read(tmp_path / "kept")
    assert grid.space.get("optimisation.learning_rate").points == (0.001,)


def test_no_whole_value_yet(tmp_path):
    import sweep_grid

    sweep = small_grid.sweep(tmp_path / "sweep", count=1)
    with pytest.raises(SystemExit, match="all of its 2 trials .* 1 completed"):
        sweep_grid.keep(sweep.path, tmp_path / "kept")
