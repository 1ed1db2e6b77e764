import pytest

from tests.tuning.reporting import made_up
from tuning.reporting import learning_curves

VALUES = {"arch": "cnn3d"}


def test_the_mean_over_folds_of_the_best_first(tmp_path):
    sweep = made_up.sweep(tmp_path / "s")
    trials = [made_up.trial(n, figure, VALUES) for n, figure in enumerate((0.6, 0.8))]
    for trial in trials:
        made_up.put(sweep, trial)
    first, second = learning_curves.curves(sweep, trials)
    assert (first.trial_id, second.trial_id) == ("0001", "0000")
    wanted = [0.81 - 0.2 / epoch for epoch in range(1, 6)]  # folds: .8 and .82
    assert first.values == pytest.approx(wanted)
    assert list(first.epochs) == [1, 2, 3, 4, 5]


def test_a_fold_without_a_history_is_left_out(tmp_path):
    sweep = made_up.sweep(tmp_path / "s")
    trial = made_up.trial(0, 0.6, VALUES)
    made_up.put(sweep, trial)
    (sweep.fold_path("0000", "1") / "history.csv").unlink()
    (curve,) = learning_curves.curves(sweep, [trial])
    assert curve.values[-1] == pytest.approx(0.6 - 0.2 / 5)


def test_an_objective_that_no_history_has_stands_for_its_loss(tmp_path):
    sweep = made_up.sweep(tmp_path / "s", objective="val_kappa")
    assert learning_curves.shown_column(sweep) == "val_loss"
