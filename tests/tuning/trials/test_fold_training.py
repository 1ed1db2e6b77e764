"""One fold in this process: what it leaves, and what becomes of one that breaks."""

import errno

import pytest

from pipelines.errors import DataError
from pipelines.records.data_set import read_manifest
from pipelines.storage import config_files
from tests.tuning.trials import folds
from tests.zoo.training import trained
from tuning.trials import fold_files, fold_result, fold_training
from tuning.trials.fold_result import PARTS
from zoo.evaluation.comparison import objectives
from zoo.evaluation.predictions import predictions_file
from zoo.recipes.recipe import Recipe
from zoo.runs import history


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return folds.data_set(tmp_path_factory.mktemp("data") / "records")


@pytest.fixture(scope="module")
def fold(data, tmp_path_factory):
    """The directory of a finished fold, and its result."""
    directory = tmp_path_factory.mktemp("trial") / "fold-1"
    return directory, fold_training.train(folds.task(directory, data))


def test_a_fold_keeps_no_model(fold):
    directory, _ = fold
    names = ["history.csv", "predictions.csv", "recipe.toml", "result.json"]
    assert sorted(path.name for path in directory.iterdir()) == names
    assert [path.name for path in directory.parent.iterdir()] == ["fold-1"]


def test_its_predictions_are_of_its_validation_patients(fold, data):
    directory, _ = fold
    found = predictions_file.read(directory / "predictions.csv", data.task.target)
    theirs = [row.sample_id for row in read_manifest(data) if row.fold == "1"]
    assert list(found.sample_id) == theirs
    assert {*found.split} == {"validation"} and {*found.fold} == {"1"}


def test_its_objective_is_that_of_its_predictions_and_of_its_best_epoch(fold, data):
    directory, result = fold
    found = predictions_file.read(directory / "predictions.csv", data.task.target)
    assert result.objective == objectives.named("val_auc").of(found)
    rows = history.read(directory / "history.csv")
    assert result.objective == pytest.approx(rows[result.best_epoch - 1].val_auc)
    assert result.epochs == len(rows) == 2


def test_its_result_reads_back(fold):
    directory, result = fold
    assert fold_result.read(directory) == result
    assert result.outcome == "finished" and result.fold == "1"


def test_its_parts_are_the_whole(fold):
    _, result = fold
    assert {*result.parts} == {*PARTS}
    assert min(result.parts.values()) >= 0 and result.parts["steps"] > 0
    assert sum(result.parts.values()) == pytest.approx(result.seconds, abs=0.5)
    assert result.parameters > 1000 and result.memory_mb > 100


def test_its_recipe_is_complete(fold):
    directory, _ = fold
    recipe = config_files.load_toml(Recipe, directory / "recipe.toml")
    assert recipe == folds.recipe()


def test_nothing_of_it_names_a_place(fold, data):
    directory, _ = fold
    for path in directory.iterdir():
        text = path.read_text(encoding="utf-8")
        assert data.path not in text and str(directory) not in text


def test_the_one_validation_split_is_a_fold_without_a_name(tmp_path):
    official = trained.data_set(tmp_path / "data", kind="official")
    result = fold_training.train(folds.task(tmp_path / "fold", official, fold=None))
    assert result.fold == "" and result.is_finished
    found = predictions_file.read(tmp_path / "fold" / "predictions.csv")
    assert {*found.split} == {"validation"}


def test_a_diverging_loss_is_a_result(data, tmp_path):
    recipe = folds.recipe(optimizer="sgd", learning_rate=1e30)
    task = folds.task(tmp_path / "fold", data, recipe=recipe)
    result = fold_training.train(task)
    assert result.outcome == "not_finite"
    assert "the training loss became" in result.reason
    assert fold_result.read(tmp_path / "fold") == result


def test_too_large_a_network_is_not_trained(data, tmp_path):
    task = folds.task(tmp_path / "fold", data, max_parameters=1000)
    result = fold_training.train(task)
    assert result.outcome == "too_large" and "steps" not in result.parts
    assert "295,874 parameters, and at most 1,000 are wanted" in result.reason
    assert result.parameters == 295_874


def test_a_lack_of_memory_is_a_result(data, tmp_path):
    task = folds.task(tmp_path / "fold", data, "without_memory")
    assert fold_training.train(task).outcome == "out_of_memory"


def test_an_error_is_a_result_of_one_line_without_names(data, tmp_path):
    result = fold_training.train(folds.task(tmp_path / "fold", data, "private"))
    assert result.outcome == "failed"
    assert result.reason.endswith("RuntimeError: <path> of <id> is torn")
    names = sorted(path.name for path in (tmp_path / "fold").iterdir())
    assert names == ["recipe.toml", "result.json"]


def test_a_recipe_that_does_not_fit_is_a_result(data, tmp_path):
    recipe = folds.recipe(batch_size=64)
    result = fold_training.train(folds.task(tmp_path / "fold", data, recipe=recipe))
    assert result.outcome == "failed" and "a batch wants 64 samples" in result.reason


class Undefined:
    """An objective that predictions of this kind have, and these have not."""

    def check(self, target_output):
        pass

    def from_predictions(self, kind):
        return True

    def of(self, predictions):
        return float("nan")


def test_an_undefined_objective_is_a_result(data, tmp_path, monkeypatch):
    monkeypatch.setattr(objectives, "named", lambda name: Undefined())
    result = fold_training.train(folds.task(tmp_path / "fold", data))
    assert result.outcome == "failed"
    assert "val_auc of the validation split is not defined: nan" in result.reason


def test_a_full_disk_is_no_result(data, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(fold_files, "write", full)
    with pytest.raises(DataError, match="is full. Free some space and give the same"):
        fold_training.train(folds.task(tmp_path / "fold", data))
    assert not (tmp_path / "fold").exists()
