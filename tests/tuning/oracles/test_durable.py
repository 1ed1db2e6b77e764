"""An oracle whose process is killed goes on as if it had not been."""

import shutil

import keras_tuner
import pytest

from pipelines.storage import atomic_files
from tests.tuning.oracles import searches
from tuning.oracles import choice

NAMES = ("random", "bayesian", "hyperband", "grid", "optuna")
TRIALS = {name: 14 for name in NAMES} | {"bayesian": 10}  # 9 before the process


class Killed(BaseException):
    """What no code catches."""


def declared_for(name):
    return searches.grid if name == "grid" else searches.space


def opened(name, directory):
    return searches.oracle(
        name, directory, most_trials=TRIALS[name], declared=declared_for(name)
    )


def killed_before_write(monkeypatch, number):
    """Raises in the place of the numbered write of a file, and of none after it."""
    left = [number]
    write = atomic_files.write_text

    def writes(path, text):
        left[0] -= 1
        if left[0] == 0:
            raise Killed
        write(path, text)

    monkeypatch.setattr(atomic_files, "write_text", writes)
    return left


@pytest.mark.parametrize("name", NAMES)
def test_a_kill_at_any_write_changes_nothing(name, tmp_path, monkeypatch):
    unbroken = searches.run(opened(name, tmp_path / "unbroken"))
    assert 4 <= len(unbroken) <= TRIALS[name]
    broken, kills, step = tmp_path / "broken", 0, 3
    for number in range(1, 60, step):
        with monkeypatch.context() as patch:
            left = killed_before_write(patch, number % 7 + 1)
            try:
                outcome = searches.run(opened(name, broken))
                break
            except Killed:
                kills += 1
            assert left[0] == 0
    else:
        outcome = searches.run(opened(name, broken))
    assert kills > 3
    assert outcome == unbroken


@pytest.mark.parametrize("name", NAMES)
def test_a_running_trial_is_taken_up_again_with_its_values(name, tmp_path):
    first = opened(name, tmp_path)
    trial = searches.begin(first)
    again = searches.begin(opened(name, tmp_path))
    assert again.trial_id == trial.trial_id
    assert again.hyperparameters.values == trial.hyperparameters.values


def test_running_trials_are_taken_up_in_the_order_they_began(tmp_path):
    first = opened("random", tmp_path)
    for tuner_id in ("a", "b", "c"):
        searches.begin(first, tuner_id)
    again = opened("random", tmp_path)
    ids = [searches.begin(again, tuner_id).trial_id for tuner_id in ("a", "b", "c")]
    assert ids == ["0000", "0001", "0002"]


def test_a_figure_is_reported_once_where_the_state_missed_it(tmp_path, monkeypatch):
    first = opened("random", tmp_path)
    trial = searches.begin(first)
    monkeypatch.setattr(first, "save", lambda: None)
    searches.end(first, trial)
    again = opened("random", tmp_path)
    searches.end(again, searches.begin(again))
    history = again.trials["0000"].metrics.get_history("val_auc")
    assert [len(observed.value) for observed in history] == [1]


@pytest.mark.parametrize("name", NAMES[:4])
def test_kerastuner_itself_reads_the_files(name, tmp_path):
    mine = opened(name, tmp_path)
    searches.run(mine)
    kerastuner = {
        "random": keras_tuner.oracles.RandomSearchOracle,
        "bayesian": keras_tuner.oracles.BayesianOptimizationOracle,
        "hyperband": keras_tuner.oracles.HyperbandOracle,
        "grid": keras_tuner.oracles.GridSearchOracle,
    }[name](objective=searches.OBJECTIVE)
    kerastuner._set_project_dir(str(tmp_path), choice.PROJECT)
    kerastuner.reload()
    best = kerastuner.get_best_trials()[0]
    assert best.score == max(trial.score for trial in searches.tried(mine))
    assert len(kerastuner.trials) == len(mine.trials)


def test_a_trial_that_ended_is_not_taken_up_again(tmp_path):
    first = opened("random", tmp_path)
    searches.end(first, searches.begin(first))  # KerasTuner's tuner would save again
    again = opened("random", tmp_path)
    assert searches.begin(again).trial_id == "0001"
    assert again.end_order == ["0000"]


def test_failures_in_a_row_are_no_end(tmp_path):
    made = opened("random", tmp_path)
    for _ in range(TRIALS["random"]):
        searches.end(made, searches.begin(made), failed=True)
    assert searches.begin(made).status == "STOPPED"
    assert {trial.status for trial in made.trials.values()} == {"FAILED"}


@pytest.mark.parametrize("name", NAMES)
def test_more_trials_go_on_where_it_ended(name, tmp_path):
    at_once = searches.run(opened(name, tmp_path / "a"))
    in_two = tmp_path / "b"
    searches.run(
        searches.oracle(name, in_two, most_trials=3, declared=declared_for(name))
    )
    assert searches.run(opened(name, in_two)) == at_once


def test_it_stops_when_it_is_told_to(tmp_path):
    made = searches.oracle("random", tmp_path, stops=lambda: True)
    assert searches.begin(made).status == "STOPPED"


def test_neighbouring_seeds_suggest_other_values(tmp_path):
    rates = [
        {
            trial.values["rate"]
            for trial in searches.run(
                searches.oracle(
                    "random", tmp_path / str(seed), most_trials=6, seed=seed
                )
            )
        }
        for seed in (0, 1)
    ]
    assert rates[0].isdisjoint(rates[1])


def test_values_that_were_tried_are_not_tried_again(tmp_path):
    for name in ("bayesian", "optuna"):
        made = searches.oracle(
            name, tmp_path / name, most_trials=9, declared=searches.grid
        )
        values = [str(trial.values) for trial in searches.run(made)]
        assert len(values) == len(set(values)) == 4


def test_a_lost_journal_is_made_again(tmp_path):
    made = opened("optuna", tmp_path)
    for _ in range(3):
        searches.end(made, searches.begin(made))
    (tmp_path / choice.PROJECT / "optuna.journal").unlink()
    again = opened("optuna", tmp_path)
    values = [asked.value for asked in again.study.trials]
    assert values == [trial.score for trial in searches.tried(made)]


def test_half_a_line_of_the_journal_is_cut(tmp_path):
    made = opened("optuna", tmp_path)
    searches.end(made, searches.begin(made))
    journal = tmp_path / choice.PROJECT / "optuna.journal"
    journal.write_bytes(journal.read_bytes() + b'{"op_co')
    again = opened("optuna", tmp_path)
    searches.end(again, searches.begin(again))
    assert len(opened("optuna", tmp_path).study.trials) == 2


def test_hyperband_goes_on_though_trials_fail(tmp_path):
    made = searches.oracle("hyperband", tmp_path)
    while (trial := searches.begin(made)).status == "RUNNING":
        searches.end(made, trial, failed=trial.trial_id in ("0000", "0003"))
    rounds = [trial.values["tuner/epochs"] for trial in searches.tried(made)]
    assert rounds.count(1) == 9 and rounds.count(9) >= 3
    bracket = [t.values for t in searches.tried(made)[:13]]
    assert [values["tuner/epochs"] for values in bracket] == [1] * 9 + [3] * 3 + [9]


def test_the_grid_is_complete_and_in_kerastuners_order(tmp_path):
    mine = searches.run(searches.oracle("grid", tmp_path, declared=searches.grid))
    theirs = keras_tuner.oracles.GridSearchOracle(
        objective=searches.OBJECTIVE, hyperparameters=searches.grid()
    )
    theirs.verbose = 0
    theirs._set_project_dir(str(tmp_path), "theirs")
    expected = [trial.values for trial in searches.run(theirs)]
    assert [trial.values for trial in mine] == expected
    assert len(expected) == 4
    shutil.rmtree(tmp_path / "theirs")
