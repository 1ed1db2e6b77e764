import dataclasses
import json

import pytest

from pipelines.covariates.encoding import Covariate, Encoding
from pipelines.errors import DataError, UsageError
from pipelines.storage import atomic_files, config_files
from pipelines.tasks.sequence import Sequence
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Task
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Head, Recipe
from zoo.runs import lock, new_directory
from zoo.runs.run import Run
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
    assert (run.path / "dataset.json").read_text(encoding="utf-8") == DESCRIBED
    facts = json.loads((run.path / "environment.json").read_text(encoding="utf-8"))
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
    (run.path / "standards.json").write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match="standards.json can't be read"):
        Run.resume(run.path)
    (run.path / "standards.json").unlink()
    with pytest.raises(DataError, match="standardises sex, age. Received: nothing"):
        Run.resume(run.path)


def test_an_existing_directory_is_an_error(tmp_path):
    with pytest.raises(UsageError, match="exists. Choose another --out.*--resume"):
        begin(tmp_path)


def test_a_place_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match="can't be written.*another --out"):
        begin(tmp_path / "file" / "run")


def test_any_other_directory_is_no_run(tmp_path):
    with pytest.raises(DataError, match="no run directory: it has no recipe.toml"):
        Run.resume(tmp_path)


def test_an_unfinished_run_is_not_opened(tmp_path):
    run = begin(tmp_path / "run")
    with pytest.raises(DataError, match="unfinished: it has no model.keras.*--resume"):
        Run.open(run.path)
    run.model_path.write_text("", encoding="utf-8")
    with pytest.raises(DataError, match="unfinished: it has no predictions.csv"):
        Run.open(run.path)
    run.predictions_path.write_text("", encoding="utf-8")
    assert Run.open(run.path) == run


def test_a_damaged_file_is_an_error(tmp_path):
    run = begin(tmp_path / "run")
    (run.path / "dataset.json").write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match="dataset.json can't be read"):
        Run.resume(run.path)
    (run.path / "dataset.json").write_text("{}", encoding="utf-8")
    with pytest.raises(DataError, match="has no entry 'task'"):
        Run.resume(run.path)


def test_without_a_path_the_run_is_named_by_network_and_fold(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    recipe = Recipe(arch="cnn3d")
    assert begin(None, recipe=recipe).path.name.endswith("-cnn3d")
    assert begin(None, recipe=recipe, fold="3").path.name.endswith("-cnn3d-fold3")


def test_runs_of_one_second_take_different_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(new_directory.time, "strftime", lambda *_: "now")
    names = [begin(None, recipe=Recipe(arch="cnn3d")).path.name for _ in range(3)]
    assert names == ["now-cnn3d", "now-cnn3d-2", "now-cnn3d-3"]


def test_another_recipe_takes_the_place_of_the_one_on_disk(tmp_path):
    run = begin(tmp_path / "run")
    other = dataclasses.replace(run.recipe, seed=run.recipe.seed + 1)
    assert run.with_recipe(other) == Run.resume(run.path)
    assert Run.resume(run.path).recipe == other


def test_a_recipe_changed_by_hand_is_refused_by_its_fields(tmp_path):
    run = begin(tmp_path / "run", recipe=Recipe(arch="cnn3d", seed=1))
    path = run.path / "recipe.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("seed = 1", "seed = 2"),
        encoding="utf-8",
    )
    with pytest.raises(DataError, match="training began: seed = 2 instead of 1. Put"):
        Run.resume(run.path)


def test_comments_in_a_recipe_change_nothing(tmp_path):
    run = begin(tmp_path / "run")
    path = run.path / "recipe.toml"
    path.write_text(f"# mine\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    assert Run.resume(run.path) == run


def test_a_run_of_an_older_version_has_no_record_of_its_recipe(tmp_path):
    run = begin(tmp_path / "run")
    path = run.path / "environment.json"
    facts = json.loads(path.read_text(encoding="utf-8"))
    assert facts.pop("recipes")
    path.write_text(json.dumps(facts), encoding="utf-8")
    assert Run.resume(run.path) == run


@pytest.mark.parametrize("replaced", [0, 1, 2])
def test_a_process_may_end_while_the_recipe_is_replaced(
    replaced, tmp_path, monkeypatch
):
    run = begin(tmp_path / "run")
    usual, left = atomic_files.write_text, [replaced]

    def write_text(path, text):
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        usual(path, text)

    monkeypatch.setattr(atomic_files, "write_text", write_text)
    other = dataclasses.replace(run.recipe, seed=run.recipe.seed + 1)
    with pytest.raises(KeyboardInterrupt):
        run.with_recipe(other)
    expected = other if replaced == 2 else run.recipe
    assert Run.resume(run.path).recipe == expected


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("dataset.json", [], "dataset.json can't be read: a JSON object is wanted"),
        ("dataset.json", {"task": 1, "digest": "0"}, "'task' is a dict. Received: 1"),
        ("dataset.json", {"task": {}, "digest": 7}, "name: this key is missing"),
        ("environment.json", 5, "environment.json can't be read: a JSON object"),
        ("environment.json", {"fold": None}, "has no entry 'options'"),
        ("environment.json", {"options": [], "fold": None}, "'options' is a dict"),
        ("environment.json", {"options": {}, "fold": 3}, r"'fold' is a str \| None"),
        (
            "environment.json",
            {"options": {"leave_test": "no"}, "fold": None},
            "'leave_test' is a bool. Received: 'no'",
        ),
        (
            "environment.json",
            {"options": {}, "fold": None, "recipes": {}},
            "'recipes' is a list",
        ),
        (
            "environment.json",
            {"options": {}, "fold": None, "origin_patients": [3]},
            "'origin_patients' is a list of texts",
        ),
    ],
)
def test_a_file_of_a_wrong_form_is_an_error(name, content, message, tmp_path):
    run = begin(tmp_path / "run")
    (run.path / name).write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        Run.resume(run.path)


def test_the_test_split_is_not_judged_while_another_process_writes(tmp_path):
    run = begin(tmp_path / "run")
    before = (run.path / "environment.json").read_bytes()
    with lock.held(run.path), pytest.raises(UsageError, match="is being trained by"):
        run.judge_test()
    assert (run.path / "environment.json").read_bytes() == before
