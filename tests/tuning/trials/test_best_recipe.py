"""best.toml: the recipe of the best trial so far."""

import tomllib

import pytest

from pipelines.storage import config_files
from tests.tuning.trials.sweeps import begun, completed
from tuning.trials import best_recipe
from tuning.trials import trial as trials
from zoo.recipes import recipe as recipes
from zoo.recipes.recipe import Recipe


@pytest.fixture
def sweep(tmp_path):
    return begun(tmp_path / "s")


def keep(sweep, trial, **recipe):
    folder = sweep.trial_path(trial.trial_id)
    folder.mkdir()
    trials.write(folder, trial)
    (folder / "recipe.toml").write_text(
        config_files.to_toml(Recipe(**recipe)), encoding="utf-8"
    )


def test_it_is_the_best_trials_and_loads_as_a_recipe(sweep):
    keep(sweep, completed("0000", 0.6), arch="cnn3d")
    keep(sweep, completed("0001", 0.7), arch="resnet3d18", seed=4)
    assert best_recipe.refresh(sweep).trial_id == "0001"
    loaded = recipes.load(str(sweep.best_path))
    assert loaded == Recipe(arch="resnet3d18", seed=4)
    text = sweep.best_path.read_text(encoding="utf-8")
    assert "Trial 0001 of a sweep: val_auc 0.7000 (mean of 2 folds, sd 0.1414)" in text
    assert "optimisation.learning_rate = 0.01" in text
    assert tomllib.loads(text)["seed"] == 4


def test_it_stays_as_it_is_while_the_best_does(sweep):
    keep(sweep, completed("0000", 0.6))
    best_recipe.refresh(sweep)
    before = sweep.best_path.stat().st_mtime_ns
    keep(sweep, completed("0001", 0.5))
    best_recipe.refresh(sweep)
    assert sweep.best_path.stat().st_mtime_ns == before


def test_without_a_completed_trial_there_is_none(sweep):
    assert best_recipe.refresh(sweep) is None
    assert not sweep.best_path.exists()


def test_the_command_names_the_dealt_data(sweep, tmp_path):
    assert best_recipe.again(sweep).endswith("--data DATASET --fold 0 --leave-test")
    sweep.data_path.mkdir()
    assert best_recipe.again(sweep).endswith("--data data --folds all")
    repeated = begun(tmp_path / "r", folds=("0-0", "0-1", "1-0", "1-1"), repeats=2)
    repeated.data_path.mkdir()
    assert best_recipe.again(repeated).endswith("--folds all --repeats 2")
    words = best_recipe.figure(repeated, completed("0000", 0.7))
    assert words == "val_auc 0.7000 (mean of 2 folds, dealt 2 times, sd 0.1414)"
    single = begun(tmp_path / "single", folds=("",))
    assert best_recipe.again(single).endswith("--data DATASET --leave-test")
