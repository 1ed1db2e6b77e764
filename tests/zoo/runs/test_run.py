import dataclasses
import json
import time

import pytest

from pipelines.covariates.encoding import Covariate, Encoding
from pipelines.errors import DataError, UsageError
from pipelines.storage import config_files
from pipelines.tasks.sequence import Sequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Task
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Head, Recipe
from zoo.runs.run import Run, default_path
from zoo.targets.standardisation import Standards

TASK = Task(
    name="tiny",
    sequences=(Sequence(name="T2WI"),),
    target=Target(classes=("control", "lesion")),
    grid=Grid(shape=(16, 16, 16)),
)
DESCRIBED = json.dumps({"task": config_files.plain(TASK), "digest": "0123456789abcdef"})


def begin(path, *, recipe=None, fold=None):
    return Run.create(
        path,
        recipe=recipe or Recipe(),
        data_set_json=DESCRIBED,
        fold=fold,
        environment={"python": "3", "options": {"data": "named"}},
    )


def test_a_run_comes_back_as_it_was_begun(tmp_path):
    recipe = Recipe(
        arch="cnn3d", sequences=("T2WI",), optimisation=Optimisation(epochs=3)
    )
    run = begin(tmp_path / "deep" / "run", recipe=recipe, fold="2")
    assert Run.resume(run.path) == run
    assert (run.recipe, run.task, run.fold) == (recipe, TASK, "2")
    assert run.data_digest == "0123456789abcdef"
    assert run.classes == ("control", "lesion")
    assert run.channels == ("T2WI",)
    assert (run.path / "dataset.json").read_text() == DESCRIBED
    facts = json.loads((run.path / "environment.json").read_text())
    assert (facts["fold"], facts["seed"], facts["python"]) == ("2", 0, "3")


def covariates_run(tmp_path):
    ages = Covariate(name="age", mean=61.25, deviation=0.1 + 0.2)
    sexes = Covariate(name="sex", levels=("F", "M"))
    return Run.create(
        tmp_path / "run",
        recipe=Recipe(head=Head(covariates=("sex", "age"))),
        data_set_json=DESCRIBED,
        fold=None,
        environment={"options": {}},
        standards=Standards(encoding=Encoding(covariates=(sexes, ages))),
    )


def test_standards_come_back_bit_equal(tmp_path):
    run = covariates_run(tmp_path)
    assert Run.resume(run.path) == run
    assert run.standards.encoding.covariates[1].deviation == 0.1 + 0.2


def test_a_run_without_standards_has_no_file_of_them(tmp_path):
    run = begin(tmp_path / "run")
    assert not (run.path / "standards.json").exists()


def test_standards_that_are_gone_or_torn(tmp_path):
    run = covariates_run(tmp_path)
    (run.path / "standards.json").write_text("{")
    with pytest.raises(DataError, match="standards.json can't be read"):
        Run.resume(run.path)
    (run.path / "standards.json").unlink()
    with pytest.raises(DataError, match="standardises sex, age. Received: nothing"):
        Run.resume(run.path)


def test_an_existing_directory_is_an_error(tmp_path):
    with pytest.raises(UsageError, match="exists. Choose another --out.*--resume"):
        begin(tmp_path)


def test_a_place_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="can't be written.*another --out"):
        begin(tmp_path / "file" / "run")


def test_any_other_directory_is_no_run(tmp_path):
    with pytest.raises(DataError, match="no run directory: it has no recipe.toml"):
        Run.resume(tmp_path)


def test_an_unfinished_run_is_not_opened(tmp_path):
    run = begin(tmp_path / "run")
    with pytest.raises(DataError, match="unfinished: it has no model.keras.*--resume"):
        Run.open(run.path)
    run.model_path.write_text("")
    with pytest.raises(DataError, match="unfinished: it has no predictions.csv"):
        Run.open(run.path)
    run.predictions_path.write_text("")
    assert Run.open(run.path) == run


def test_a_damaged_file_is_an_error(tmp_path):
    run = begin(tmp_path / "run")
    (run.path / "dataset.json").write_text("{")
    with pytest.raises(DataError, match="dataset.json can't be read"):
        Run.resume(run.path)
    (run.path / "dataset.json").write_text("{}")
    with pytest.raises(DataError, match="has no entry 'task'"):
        Run.resume(run.path)


def test_default_path_names_time_network_and_fold():
    now = time.mktime((2026, 1, 2, 3, 4, 5, 0, 0, -1))
    recipe = Recipe(arch="cnn3d")
    assert default_path(recipe, None, now).as_posix() == "runs/20260102-030405-cnn3d"
    assert default_path(recipe, "3", now).name == "20260102-030405-cnn3d-fold3"


def test_another_recipe_takes_the_place_of_the_one_on_disk(tmp_path):
    run = begin(tmp_path / "run")
    other = dataclasses.replace(run.recipe, seed=run.recipe.seed + 1)
    assert run.with_recipe(other) == Run.resume(run.path)
    assert Run.resume(run.path).recipe == other
