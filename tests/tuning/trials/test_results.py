"""What a sweep's directory says of its trials."""

import pytest

from pipelines.errors import DataError
from tests.tuning.trials.sweeps import begun, completed
from tuning.trials import results
from tuning.trials import trial as trials
from tuning.trials.trial import Trial


@pytest.fixture
def sweep(tmp_path):
    return begun(tmp_path / "s")


def test_trials_come_by_their_number(sweep):
    kept = [completed(f"{number:04d}", 0.5) for number in (2, 0, 1)]
    for trial in kept:
        sweep.trial_path(trial.trial_id).mkdir()
        trials.write(sweep.trial_path(trial.trial_id), trial)
    sweep.trial_path("0003").mkdir()  # begun, but killed before its file was there
    numbers = [trial.trial_id for trial in results.trials(sweep)]
    assert numbers == ["0000", "0001", "0002"]


def test_the_best_is_completed_and_the_first_of_equals(sweep):
    among = [
        completed("0000", 0.6),
        completed("0001", 0.7),
        completed("0002", 0.7),
        completed("0003", 0.9, state="abandoned"),
        Trial(trial_id="0004", values={}),
    ]
    assert results.best(sweep, among).trial_id == "0001"
    assert results.best(sweep, among[3:]) is None


def test_of_a_loss_the_least_is_the_best(tmp_path):
    sweep = begun(tmp_path / "s", objective="val_loss", direction="min")
    among = [completed("0000", 0.6), completed("0001", 0.5)]
    assert results.best(sweep, among).trial_id == "0001"
    assert results.is_better(sweep, 0.5, 0.6)


def test_a_fold_without_a_history_is_told(sweep):
    with pytest.raises(DataError, match="was not trained to an end"):
        results.history_path(sweep, "0000", "1")


def test_a_fold_without_predictions_is_told(sweep):
    with pytest.raises(DataError, match="predictions.csv"):
        results.predictions(sweep, completed("0000", 0.5))
