"""What the terminal says of a sweep."""

import pytest

from tests.tuning.trials.sweeps import begun, completed
from tuning.sweeps import summary
from tuning.trials import trial as trials
from tuning.trials.trial import Trial


@pytest.fixture
def sweep(tmp_path):
    return begun(tmp_path / "s")


def keep(sweep, *kept):
    for trial in kept:
        sweep.trial_path(trial.trial_id).mkdir()
        trials.write(sweep.trial_path(trial.trial_id), trial)


def test_the_best_comes_first_with_its_spread_and_values(sweep):
    first, second = completed("0000", 0.6), completed("0001", 0.7)
    given_up = completed(
        "0002", 0.5, state="abandoned", folds=first.folds[:1], reason="behind"
    )
    keep(sweep, first, second, given_up, Trial(trial_id="0003", values={}))
    lines = summary.text(sweep).split("\n")
    assert [line.split()[:2] for line in lines[1:4]] == [
        ["0001", "0.7000"],
        ["0000", "0.6000"],
        ["0002", "0.5000"],
    ]
    assert "4 trials: 2 completed, 1 abandoned, 1 running; 1 fold saved" in lines
    assert "1 waits for a longer --budget" in lines
    assert "Best: trial 0001, val_auc 0.7000 (mean of 2 folds, sd 0.1414)" in lines
    assert "  optimisation.learning_rate = 0.01" in lines


def test_a_sweep_without_a_completed_trial_says_so(sweep):
    keep(sweep, Trial(trial_id="0000", values={}, state="failed", reason="a fault"))
    assert "No trial was completed" in summary.text(sweep)


def test_why_trials_failed_is_told_once_for_each_reason(sweep):
    reasons = ["fold 0 ran out of memory", "odd"] * 2 + [f"r{n}" for n in range(5)]
    for number, reason in enumerate(reasons):
        given = {"values": {}, "state": "failed", "reason": reason}
        keep(sweep, Trial(trial_id=f"{number:04d}", **given))
    lines = summary.text(sweep).split("\n")
    first = lines.index("9 trials: 9 failed") + 1
    assert lines[first] == "  0000 and 1 more: fold 0 ran out of memory"
    assert lines[first + 1] == "  0001 and 1 more: odd"
    assert lines[first + 5] == "  and 2 other reasons: see trials/"
