"""Training on targets that are no classes, from the data set to the evidence."""

import dataclasses
import json

import keras
import numpy as np
import pytest

from pipelines.errors import UsageError
from pipelines.tasks.target import Target
from tests.pipelines.records import small
from zoo.evaluation import evidence_text as tables
from zoo.evaluation.predictions import predictions_file
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Evaluation, Head, Recipe
from zoo.runs.history import read
from zoo.runs.run import Run
from zoo.training import closing, new_run, train_run

NAN = float("nan")
RECIPE = Recipe(
    arch="cnn3d",
    head=Head(covariates=("age",), units=(4,)),
    optimisation=Optimisation(epochs=1, batch_size=4, class_weights="balanced"),
    evaluation=Evaluation(bootstrap=200),
)
SPLITS = {("train", ""): 12, ("validation", ""): 8, ("test", ""): 8}
LABELS = Target(kind="multilabel", columns=("a", "b"), classes=("cyst", "fat"))


def labels(number):
    """The first by turns, the second by pairs and not known of every fifth."""
    return (float(number % 2), NAN if number % 5 == 4 else float(number // 2 % 2))


def trained(folder, task, target_of, recipe=RECIPE):
    """A whole run and what training gave back."""
    (folder / "data").mkdir()
    data = small.data_set(folder / "data", task, SPLITS, target_of=target_of)
    run = new_run.begin(folder / "run", recipe=recipe, data=data, fold=None, options={})
    return run, train_run.train(run, data)


def task_of(target, *further):
    task = small.task(shape=(16, 16, 16), covariates=("age",))
    return dataclasses.replace(task, target=target, further_targets=further)


def read_back(run, target_output):
    path = run.predictions_of(target_output.target.name)
    return predictions_file.read(path, target_output.target)


@pytest.mark.slow
def test_labels_are_learned_judged_and_kept(tmp_path):
    run, evidence = trained(tmp_path, task_of(LABELS), labels)
    assert Run.open(run.path) == run
    assert json.loads(run.metrics_path.read_text(encoding="utf-8")) == evidence
    (row,) = read(run.history_path)
    assert 0 <= row.val_auc <= 1 and row.accuracy is not None
    found = read_back(run, run.target_outputs[0])
    seeds = map(small.seed_of, found.sample_id)
    truth = dict(zip(seeds, found.truth, strict=True))
    np.testing.assert_array_equal(
        [truth[i] for i in range(28)], [*map(labels, range(28))]
    )
    model = keras.models.load_model(run.model_path)
    assert model.output.keys() == {"logits", "probabilities", "features"}
    beside = evidence["baseline"]["splits"]["test"]["patient"]
    assert beside["per_label"].keys() == {"cyst", "fat"}
    shown = tables.text(evidence)
    assert "a logistic regression on age alone" in shown
    assert "mean AUC of the labels of the test split" in closing.of_run(run, evidence)


GRADES = Target(kind="ordinal", columns=("x",), classes=("F0", "F1", "F2"))


def grades(number):
    return (float(number % 3),)


@pytest.mark.slow
def test_grades_are_learned_judged_and_kept(tmp_path):
    run, evidence = trained(tmp_path, task_of(GRADES), grades)
    found = read_back(run, run.target_outputs[0])
    assert found.kind.ordered and found.names == ("F0", "F1", "F2")
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(
        np.exp(found.outputs["logit"]), found.probabilities, rtol=1e-5
    )
    assert evidence["kind"] == "ordinal"
    beside = evidence["baseline"]["splits"]["test"]["patient"]
    assert "quadratic_kappa" in beside
    assert "Quadratic kappa of the test split" in closing.of_run(run, evidence)


NUMBERS = Target(kind="regression", columns=("kpa", "fat"))


def numbers(number):
    """About 3 and about 100; the second is not known of every fourth."""
    return (2.0 + number % 3, NAN if number % 4 == 3 else 90.0 + number)


@pytest.mark.slow
def test_numbers_are_learned_judged_and_kept(tmp_path):
    optimisation = Optimisation(epochs=1, batch_size=4, regression_loss="huber")
    recipe = dataclasses.replace(RECIPE, optimisation=optimisation)
    run, evidence = trained(tmp_path, task_of(NUMBERS), numbers, recipe)
    assert run.recipe.optimisation.monitor == "val_loss"
    kpa, fat = run.standards.column_statistics
    values = [numbers(i)[1] for i in range(12) if i % 4 != 3]
    assert (fat.name, fat.mean) == ("fat", pytest.approx(np.mean(values)))
    (row,) = read(run.history_path)
    assert row.val_auc is None and row.val_mae > 0
    found = read_back(run, run.target_outputs[0])
    assert np.isnan(found.truth[:, 1]).sum() == 7
    assert 80 < np.median(found.outputs["pred"][:, 1]) < 120
    assert evidence["kind"] == "regression"
    shown = tables.text(evidence)
    assert "a linear regression on age alone" in shown
    assert "Mean absolute error of kpa of the test split" in closing.of_run(
        run, evidence
    )


STAGE = dataclasses.replace(GRADES, columns=("stage",), name="stage")
SIGNS = dataclasses.replace(LABELS, name="signs")
FAT = Target(kind="regression", columns=("fat",), name="fat")


def all_at_once(number):
    """Two classes, the grade of every second, all labels, the number of some."""
    stage = float(number // 2 % 3) if number % 2 else NAN
    return (float(number % 2), stage, *labels(number), numbers(number)[1])


@pytest.mark.slow
def test_several_targets_at_once(tmp_path):
    optimisation = Optimisation(
        epochs=1, batch_size=4, target_weights=(1.0, 0.5, 0.5, 0.25)
    )
    recipe = dataclasses.replace(RECIPE, optimisation=optimisation)
    task = task_of(Target(classes=("no", "yes")), STAGE, SIGNS, FAT)
    run, evidence = trained(tmp_path, task, all_at_once, recipe)
    assert json.loads(run.metrics_path.read_text(encoding="utf-8")) == evidence
    (row,) = read(run.history_path)
    assert {*row.val_losses} == {"stage", "signs", "fat"}
    model = keras.models.load_model(run.model_path)
    assert {*model.output} == {
        *("logits", "probabilities", "features", "predictions_fat"),
        *("logits_stage", "probabilities_stage", "logits_signs", "probabilities_signs"),
    }
    further = evidence["further_targets"]
    assert {name: one["kind"] for name, one in further.items()} == {
        "stage": "ordinal",
        "signs": "multilabel",
        "fat": "regression",
    }
    assert evidence["classes"] == ["no", "yes"] and "kind" not in evidence
    sizes = {
        target_output.target.name: len(read_back(run, target_output))
        for target_output in run.target_outputs
    }
    assert sizes == {"": 28, "stage": 14, "signs": 28, "fat": 21}
    assert (run.path / "figures" / "fat" / "scatter_test.png").is_file()
    assert further["fat"]["figures"]["fat/scatter_test.png"] == ""
    assert {path.name for path in run.path.glob("baseline*.csv")} == {
        *("baseline.csv", "baseline_stage.csv", "baseline_signs.csv"),
        "baseline_fat.csv",
    }
    shown = tables.text(evidence)
    assert "further target stage" in shown and "fat, by patient" in shown


def test_a_weight_for_every_target_or_none(tmp_path):
    (tmp_path / "data").mkdir()
    task = task_of(Target(classes=("no", "yes")), FAT)
    data = small.data_set(
        tmp_path / "data", task, SPLITS, target_of=lambda n: (n % 2, float(n))
    )
    weighed = dataclasses.replace(RECIPE.optimisation, target_weights=(1.0,))
    recipe = dataclasses.replace(RECIPE, optimisation=weighed)
    with pytest.raises(UsageError, match="one weight for each target. Received: 1 for"):
        new_run.begin(tmp_path / "run", recipe=recipe, data=data, fold=None, options={})
    assert not (tmp_path / "run").exists()
