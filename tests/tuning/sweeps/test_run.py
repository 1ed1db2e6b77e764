"""Sweeps of folds that are not trained: order, ends, resuming, budgets."""

import dataclasses
import errno
import json
import shutil

import pytest

from pipelines.errors import DataError
from pipelines.storage import atomic_files
from tests.tuning.sweeps import kerastuner, searches
from tuning.trials import resident_memory, results
from zoo.evaluation.comparison import objectives
from zoo.evaluation.predictions.predictions import join

TUNERS = ("random", "bayesian", "hyperband", "grid", "optuna")


class Killed(BaseException):
    """What no code catches."""


@pytest.fixture
def search(tmp_path, data):
    def made(text=searches.SPACE, **options):
        return searches.search(tmp_path, data, text, **options)

    return made


def asked_of(search, name):
    text = searches.GRID if name == "grid" else searches.SPACE
    return search(text, tuner=name, max_trials=4 if name == "bayesian" else 6)


def test_a_trial_is_the_mean_of_its_folds(tmp_path, search):
    sweep = searches.go_on(tmp_path / "o", search())
    for trial in results.trials(sweep):
        assert [fold.fold for fold in trial.folds] == ["0", "1", "2"]
        assert trial.objective == pytest.approx(sum(trial.fold_objectives) / 3)
        assert trial.state == "completed" and trial.parameters == 100
        assert trial.seconds == 3.0


def test_a_pooled_trial_is_the_figure_of_all_patients(tmp_path, search):
    sweep = searches.go_on(tmp_path / "o", search(aggregate="pooled", max_trials=2))
    for trial in results.trials(sweep):
        joined = results.predictions(sweep, trial)
        truth = [row for part in joined for row in part.label]
        score = [row for part in joined for row in part.probabilities[:, 1]]
        pairs = [
            (a > b) + 0.5 * (a == b)
            for a, of_a in zip(score, truth)
            for b, of_b in zip(score, truth)
            if of_a > of_b
        ]
        assert trial.objective == pytest.approx(sum(pairs) / len(pairs))


@pytest.mark.parametrize("aggregate", ["mean", "pooled"])
def test_a_repeated_trial_is_the_mean_over_all_deals(aggregate, tmp_path, search):
    options = {"folds": 2, "repeats": 2, "aggregate": aggregate, "max_trials": 4}
    options["exact"] = False
    sweep = searches.go_on(tmp_path / "o", search(**options))
    trials = results.trials(sweep)
    completed = [trial for trial in trials if trial.state == "completed"]
    assert completed and all(len(trial.folds) == 4 for trial in completed)
    for trial in completed:
        wanted = sum(trial.fold_objectives) / 4
        if aggregate == "pooled":
            folds = results.predictions(sweep, trial)
            objective = objectives.named("val_auc")
            both = (objective.of(join(folds[:2])), objective.of(join(folds[2:])))
            wanted = sum(both) / 2
        assert trial.objective == pytest.approx(wanted)
    noted = []
    searches.go_on(tmp_path / "o", search(**options), searches.Worker(noted=noted))
    assert noted == []  # nothing of it is trained again


@pytest.mark.parametrize("name", TUNERS)
def test_a_kill_at_any_write_costs_at_most_one_fold(
    name, tmp_path, search, monkeypatch
):
    asked = asked_of(search, name)
    noted = []
    unbroken = searches.go_on(
        tmp_path / "unbroken", asked, searches.Worker(noted=noted)
    )
    write, made, folds = atomic_files.write_text, [], []
    replace, kills = atomic_files.new_directory, 0
    while True:
        left = 5 + 7 * kills % 23

        def writes(path, text):
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed
            write(path, text)

        with monkeypatch.context() as patch:
            patch.setattr(atomic_files, "write_text", writes)
            before = len(folds)
            try:
                sweep = searches.go_on(
                    tmp_path / "broken", asked, searches.Worker(noted=folds)
                )
                break
            except Killed:
                kills += 1
        made.append(len(folds) - before)
    assert kills >= 5
    assert searches.outcome(sweep) == searches.outcome(unbroken)
    assert len(folds) - len(noted) <= kills
    finished = [fold for fold in folds if folds.count(fold) > 1]
    assert len(finished) <= 2 * kills
    assert replace is atomic_files.new_directory


def test_finished_folds_are_never_trained_again(tmp_path, search):
    first, second = [], []
    searches.go_on(tmp_path / "o", search(max_trials=2), searches.Worker(noted=first))
    searches.go_on(tmp_path / "o", search(max_trials=3), searches.Worker(noted=second))
    assert first == [(t, f) for t in ("0000", "0001") for f in "012"]
    assert second == [("0002", fold) for fold in "012"]


@pytest.mark.parametrize("name", TUNERS)
def test_more_trials_are_those_of_a_longer_sweep(name, tmp_path, search):
    asked = asked_of(search, name)
    few = dataclasses.replace(
        asked, options=dataclasses.replace(asked.options, max_trials=2)
    )
    at_once = searches.go_on(tmp_path / "a", asked)
    searches.go_on(tmp_path / "b", few)
    in_two = searches.go_on(tmp_path / "b", asked)
    assert searches.outcome(in_two) == searches.outcome(at_once)


def test_a_grid_without_a_number_is_whole(tmp_path, search):
    asked = search(searches.GRID, tuner="grid", max_trials=None)
    sweep = searches.go_on(tmp_path / "o", asked)
    values = [tuple(trial.values.values()) for trial in results.trials(sweep)]
    assert values == [(2, "average"), (2, "max"), (4, "average"), (4, "max")]


def test_rounds_of_hyperband_train_from_the_start(tmp_path, search):
    asked = search(tuner="hyperband", max_trials=None)
    recipe = dataclasses.replace(
        asked.recipe,
        optimisation=dataclasses.replace(asked.recipe.optimisation, epochs=4),
    )
    sweep = searches.go_on(tmp_path / "o", dataclasses.replace(asked, recipe=recipe))
    trials = results.trials(sweep)
    assert {t.values["optimisation.epochs"] for t in trials} == {2, 4}
    epochs = dict.fromkeys(t.values["optimisation.learning_rate"] for t in trials)
    assert len(epochs) < len(trials)  # the better ones came again, with more epochs


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("failed", "failed"),
        ("not_finite", "failed"),
        ("out_of_memory", "failed"),
        ("too_long", "failed"),
        ("too_large", "too_large"),
    ],
)
def test_a_fold_that_fails_is_the_trials_end_alone(outcome, state, tmp_path, search):
    worker = searches.Worker(fails=dict.fromkeys(["0000", "0001", "0002"], outcome))
    sweep = searches.go_on(tmp_path / "o", search(), worker)
    trials = results.trials(sweep)
    assert [t.state for t in trials] == [state] * 3 + ["completed"] * 2
    assert len(trials[0].folds) == 1 and "as told" in trials[0].reason
    assert sweep.best_path.exists()


def test_values_that_the_recipe_refuses_are_a_trials_end_alone(tmp_path, search):
    asked = search('"optimisation.patience" = { choice = [0, 3] }\n', tuner="grid")
    sweep = searches.go_on(tmp_path / "o", asked)
    assert [t.state for t in results.trials(sweep)] == ["failed", "completed"]
    assert "patience" in results.trials(sweep)[0].reason


def test_a_trial_without_a_chance_is_given_up(tmp_path, search):
    asked = search(max_trials=12, exact=False)
    sweep = searches.go_on(tmp_path / "o", asked)
    trials = results.trials(sweep)
    given_up = [t for t in trials if t.state == "abandoned"]
    best = results.best(sweep, trials)
    assert given_up
    for trial in given_up:
        assert len(trial.folds) < 3 and trial.objective < best.objective
        assert "against trial" in trial.reason
    exact = searches.go_on(tmp_path / "e", search(max_trials=12))
    assert results.best(exact, results.trials(exact)).trial_id == best.trial_id


def test_what_kerastuner_reads_has_no_place_of_this_machine(tmp_path, search):
    worker = searches.Worker(fails={"0001": "failed"})
    sweep = searches.go_on(tmp_path / "o", search(), worker)
    texts = [
        path.read_text(encoding="utf-8")
        for path in sweep.path.rglob("*")
        if path.suffix != ".tfrecord"
        if path.is_file()
    ]
    words = (str(tmp_path), 'File "')
    assert not [text for text in texts if any(word in text for word in words)]
    content = json.loads(
        (sweep.oracle_path / "trial_0001/trial.json").read_text(encoding="utf-8")
    )
    assert content["status"] == "FAILED" and "as told" in content["message"]


def test_kerastuners_own_tuner_opens_the_project(tmp_path, search):
    sweep = searches.go_on(tmp_path / "o", search())
    assert len(results.trials(sweep)) == 5
    kerastuner.check_reads(sweep)


class Clock:
    """A clock that a worker moves."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class SlowWorker(searches.Worker):
    """Takes ten seconds of a clock for each fold."""

    def __init__(self, clock, **more):
        super().__init__(seconds=10.0, **more)
        self.clock = clock

    def run(self, task):
        result = super().run(task)
        self.clock.now += 10.0
        return result


def test_no_fold_begins_that_can_not_end_in_the_budget(tmp_path, search):
    clock, noted = Clock(), []
    worker = SlowWorker(clock, noted=noted)
    sweep = searches.go_on(tmp_path / "o", search(), worker, clock=clock, seconds=49)
    assert len(noted) == 4
    assert [t.state for t in results.trials(sweep)] == ["completed", "running"]


def test_more_budget_goes_on_where_the_last_one_ended(tmp_path, search):
    unbroken = searches.go_on(tmp_path / "a", search())
    for seconds in (49, 49, 90, 1000):
        clock = Clock()
        worker = SlowWorker(clock)
        sweep = searches.go_on(
            tmp_path / "b", search(), worker, clock=clock, seconds=seconds
        )
    trials, best = searches.outcome(sweep)
    assert best == searches.outcome(unbroken)[1]
    assert [t.objective for t in trials] == [
        t.objective for t in results.trials(unbroken)
    ]
    assert json.loads((sweep.path / "time.json").read_text(encoding="utf-8")) == {
        "seconds": 150.0
    }


def test_a_trial_that_takes_too_long_is_given_up(tmp_path, search):
    clock = Clock()
    asked = search(max_trials=1, max_trial_time="15s")
    sweep = searches.go_on(tmp_path / "o", asked, SlowWorker(clock), clock=clock)
    (trial,) = results.trials(sweep)
    assert trial.state == "failed" and len(trial.folds) == 2
    assert trial.reason == "before fold 2: took longer than a trial may"


def test_several_workers_do_every_fold_once(tmp_path, search):
    noted = []
    asked = search(max_trials=9, parallel=3)
    sweep = searches.go_on(tmp_path / "o", asked, searches.Worker(noted=noted))
    assert len(results.trials(sweep)) == 9
    assert sorted(noted) == [(f"{t:04d}", fold) for t in range(9) for fold in "012"]
    assert {t.state for t in results.trials(sweep)} == {"completed"}


@pytest.mark.slow
def test_this_process_does_not_grow_with_its_trials(tmp_path, search):
    searches.go_on(tmp_path / "o", search(max_trials=5))
    before = resident_memory.megabytes()
    searches.go_on(tmp_path / "o", search(max_trials=105))
    assert resident_memory.megabytes() - before < 50


def test_a_disk_that_is_full_ends_the_sweep_and_not_a_trial(
    tmp_path, search, monkeypatch
):
    write = atomic_files.write_text

    def writes(path, text):
        if path.name == "trial.json" and path.parent.name == "0001":
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        write(path, text)

    with monkeypatch.context() as patch:
        patch.setattr(atomic_files, "write_text", writes)
        with pytest.raises(OSError, match="No space left on device"):
            searches.go_on(tmp_path / "o", search())
    went_on = searches.go_on(tmp_path / "o", search())
    unbroken = searches.go_on(tmp_path / "u", search())
    assert searches.outcome(went_on) == searches.outcome(unbroken)


@pytest.mark.parametrize("parallel", [1, 2])
def test_what_breaks_the_sweep_is_told(parallel, tmp_path, search, monkeypatch):
    def full(self, task):
        raise DataError("the disk is full")

    monkeypatch.setattr(searches.Worker, "run", full)
    with pytest.raises(DataError, match="the disk is full"):
        searches.go_on(tmp_path / "o", search(parallel=parallel))


def test_other_values_of_a_trial_are_told(tmp_path, search):
    sweep = searches.go_on(tmp_path / "o", search(max_trials=1))
    shutil.rmtree(sweep.oracle_path)
    other = sweep.trial_path("0000") / "trial.json"
    content = json.loads(other.read_text(encoding="utf-8"))
    content["values"]["optimisation.learning_rate"] = 0.5
    other.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DataError, match="was begun with the values"):
        searches.go_on(tmp_path / "o", search(max_trials=1))
