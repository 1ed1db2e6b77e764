import dataclasses

import numpy as np
import pytest

from pipelines.errors import DataError, UsageError
from tests.zoo.evaluation.cohorts import cohort, make_run, softmax, three_splits
from tests.zoo.evaluation.labelled import labelled
from tests.zoo.evaluation.numbered import numbered
from zoo.evaluation import pooled_folds
from zoo.evaluation.evidence_text import _pooling, text
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.predictions import join, take
from zoo.evaluation.results import pooling
from zoo.evaluation.results.settings import Settings
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Evaluation, Recipe
from zoo.runs import environment_file

SETTINGS = Settings(bootstrap=200)


def fold(path, number, **options):
    """A run that tested patients of its own fold."""
    found = join(
        [
            cohort(20, split="train", fold=str(number)),
            cohort(12 + number, split="test", fold=str(number), seed=number),
        ]
    )
    run = make_run(path / f"fold{number}", found, fold=str(number), **options)
    return run.path


def test_test_predictions_are_pooled(tmp_path):
    runs = [fold(tmp_path, number) for number in range(3)]
    result = pooled_folds.write(runs, settings=SETTINGS, out=tmp_path / "out")
    assert list(result["splits"]) == ["test"]
    assert result["splits"]["test"]["patient"]["patients"] == 12 + 13 + 14
    rows = result["folds"]["rows"]
    assert [(row["fold"], row["samples"]) for row in rows] == [
        ("0", 12),
        ("1", 13),
        ("2", 14),
    ]
    accuracies = [row["accuracy"] for row in rows]
    summary = result["folds"]["summary"]["accuracy"]
    assert summary["mean"] == pytest.approx(np.mean(accuracies))
    assert summary["sd"] == pytest.approx(np.std(accuracies, ddof=1))
    assert summary["folds"] == 3
    assert (tmp_path / "out" / "figures" / "roc.png").is_file()
    assert (tmp_path / "out" / "metrics.json").is_file()


def test_pooling_is_said_with_the_mean_of_the_folds(tmp_path):
    runs = [fold(tmp_path, number) for number in range(3)]
    result = pooled_folds.write(runs, settings=SETTINGS, out=tmp_path / "out")
    folds = result["folds"]
    assert folds["pooled"].startswith("scores of 3 different networks were pooled")
    mean = folds["mean_auc"]["ill"]
    assert mean["value"] == pytest.approx(folds["summary"]["auc"]["mean"])
    assert mean["intervals"]["influence_curve"]["low"] < mean["value"]
    assert 0.01 < folds["shift"]["p"] <= 1 and not folds["shift"]["shifted"]
    shown = text(result)
    assert "note: scores of 3 different networks were pooled" in shown
    assert "mean of the folds' AUC, ill: " in shown and "shifted" not in shown


def test_folds_whose_scores_are_shifted_are_named():
    parts = [cohort(40, fold=str(number), seed=number) for number in range(3)]
    logits = parts[2].outputs["logit"] + [0, 3]
    outputs = {"prob": softmax(logits), "logit": logits}
    parts[2] = dataclasses.replace(parts[2], outputs=outputs)
    found = pooling.of_folds(parts, 0.95)
    assert found["shift"]["shifted"] and found["shift"]["p"] < 1e-4
    assert "shifted against each other (p = " in _pooling(found, {"confidence": 0.95})


def test_labels_have_a_mean_each_and_numbers_none():
    parts = [labelled(30, signal=1.0, seed=seed) for seed in (0, 1)]
    found = pooling.of_folds(parts, 0.95)
    assert list(found["mean_auc"]) == list(parts[0].names)
    assert pooling.of_folds([numbered(10), numbered(10)], 0.95) == {}


def test_baselines_of_the_folds_are_pooled_too(tmp_path):
    recipe = Recipe(evaluation=Evaluation(bootstrap=200, baseline=("age",)))
    runs = [fold(tmp_path, number, recipe=recipe) for number in range(2)]
    with pytest.raises(DataError, match="baseline.csv can't be read"):
        pooled_folds.write(runs, settings=SETTINGS, out=tmp_path / "out")
    for number, run in enumerate(runs):
        beside = cohort(12 + number, split="test", fold=str(number), signal=0)
        predictions_file.write(run / "baseline.csv", beside)
    result = pooled_folds.write(runs, settings=SETTINGS, out=tmp_path / "out")[
        "baseline"
    ]
    assert result["covariates"] == ["age"]
    assert result["splits"]["test"]["patient"]["patients"] == 12 + 13
    assert [row["samples"] for row in result["folds"]["rows"]] == [12, 13]


def test_a_run_named_twice(tmp_path):
    run = fold(tmp_path, 0)
    with pytest.raises(UsageError, match="named twice"):
        pooled_folds.write([run, run], settings=SETTINGS, out=tmp_path / "out")


def test_a_patient_tested_twice(tmp_path):
    found = cohort(10)
    runs = [
        make_run(tmp_path / "a", found).path,
        make_run(
            tmp_path / "b",
            dataclasses.replace(found, sample_id=tuple(f"x{i}" for i in range(10))),
        ).path,
    ]
    with pytest.raises(DataError, match="10 patient.*tested in more than one run"):
        pooled_folds.write(runs, settings=SETTINGS, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_another_data_set(tmp_path):
    runs = [fold(tmp_path, 0), fold(tmp_path, 1, digest="other")]
    with pytest.raises(DataError, match="different data sets"):
        pooled_folds.write(runs, settings=SETTINGS, out=tmp_path / "out")


def test_rates_that_the_folds_found_themselves_are_one_experiment(tmp_path):
    runs = [
        fold(
            tmp_path,
            number,
            recipe=Recipe(optimisation=Optimisation(learning_rate=rate)),
        )
        for number, rate in enumerate((1e-3, 2e-3))
    ]
    with pytest.raises(DataError, match="different recipes"):
        pooled_folds.write(runs, settings=SETTINGS, out=tmp_path / "out")
    for run in runs:
        (run / "range_test.csv").write_text("", encoding="utf-8")
    pooled_folds.write(runs, settings=SETTINGS, out=tmp_path / "out")


def test_recipes_that_were_chosen_fold_by_fold_are_one_nested_figure(tmp_path):
    runs = [
        fold(tmp_path, number, recipe=Recipe(arch=arch))
        for number, arch in enumerate(("cnn3d", "resnet3d18"))
    ]
    nested = pooled_folds.write_nested(runs, settings=SETTINGS, out=tmp_path / "out")
    (tmp_path / "same").mkdir()
    same = [fold(tmp_path / "same", number) for number in range(2)]
    pooled = pooled_folds.write(same, settings=SETTINGS, out=tmp_path / "pooled")
    assert nested["splits"] == pooled["splits"]
    assert [row["fold"] for row in nested["folds"]["rows"]] == ["0", "1"]


def test_nested_folds_of_another_data_set(tmp_path):
    runs = [fold(tmp_path, 0), fold(tmp_path, 1, digest="other")]
    with pytest.raises(DataError, match="different data sets"):
        pooled_folds.write_nested(runs, settings=SETTINGS, out=tmp_path / "out")


def test_another_recipe(tmp_path):
    runs = [
        fold(tmp_path, 0, recipe=Recipe(seed=1)),
        fold(tmp_path, 1, recipe=Recipe(seed=2)),
        fold(tmp_path, 2, recipe=Recipe(arch="cnn3d")),
    ]
    pooled_folds.write(runs[:2], settings=SETTINGS, out=tmp_path / "out")
    with pytest.raises(DataError, match="different recipes"):
        pooled_folds.write(runs, settings=SETTINGS, out=tmp_path / "out")


def test_a_run_that_tests_nobody(tmp_path):
    found = take(three_splits(), range(60))
    runs = [fold(tmp_path, 0), make_run(tmp_path / "b", found).path]
    with pytest.raises(DataError, match="no test predictions"):
        pooled_folds.write(runs, settings=SETTINGS, out=tmp_path / "out")


def holdout_run(path, number, label_of=lambda label: label):
    """A run of a fold that tested the patients whom all folds left."""
    validation = cohort(10, split="validation", fold=str(number), seed=9 + number)
    test = cohort(12, split="test", name="holdout", seed=number)
    test = dataclasses.replace(
        test, fold=(str(number),) * 12, truth=label_of(test.truth)
    )
    shuffled = np.random.default_rng(number).permutation(12)
    found = join([validation, take(test, shuffled)])
    return make_run(path / f"fold{number}", found, fold=str(number)).path


def test_the_holdout_set_is_judged_by_the_mean_of_the_networks(tmp_path):
    runs = [holdout_run(tmp_path, number) for number in range(3)]
    result = pooled_folds.write_holdout(runs, settings=SETTINGS, out=tmp_path / "out")
    assert result["splits"]["test"]["patient"]["patients"] == 12
    assert [row["samples"] for row in result["folds"]["rows"]] == [12, 12, 12]
    tests = [cohort(12, split="test", name="holdout", seed=n) for n in range(3)]
    mean = np.mean([test.probabilities for test in tests], axis=0)
    right = np.mean(mean.argmax(axis=1) == tests[0].label)
    found = result["splits"]["test"]["patient"]["accuracy"]["value"]
    assert found == pytest.approx(right)


def test_validation_parts_can_be_pooled(tmp_path):
    runs = [holdout_run(tmp_path, number) for number in range(2)]
    out = tmp_path / "out"
    result = pooled_folds.write(runs, settings=SETTINGS, out=out, split="validation")
    assert list(result["splits"]) == ["validation"]
    assert result["splits"]["validation"]["patient"]["patients"] == 20


def test_networks_that_test_others_can_not_be_averaged(tmp_path):
    runs = [fold(tmp_path, number) for number in range(2)]
    with pytest.raises(DataError, match="do not test the same samples"):
        pooled_folds.write_holdout(runs, settings=SETTINGS, out=tmp_path / "out")


def test_networks_that_learned_other_labels_can_not_be_averaged(tmp_path):
    runs = [holdout_run(tmp_path, 0), holdout_run(tmp_path, 1, lambda label: 1 - label)]
    with pytest.raises(DataError, match="give a sample different labels"):
        pooled_folds.write_holdout(runs, settings=SETTINGS, out=tmp_path / "out")


@pytest.mark.parametrize(
    ("write", "expected"),
    [(pooled_folds.write, 1 + 2), (pooled_folds.write_holdout, 2)],
)
def test_patients_seen_by_the_folds_weights_are_counted_once(write, expected, tmp_path):
    runs = [fold(tmp_path, number) for number in range(2)]
    for count, run in enumerate(runs, start=1):
        if write is pooled_folds.write_holdout:
            shared = cohort(12, split="test")
            predictions_file.write(run / "predictions.csv", shared)
        environment_file.edit(
            run / "environment.json", seen_patients={"test": count, "validation": 9}
        )
    result = write(runs, settings=SETTINGS, out=tmp_path / "out")
    assert result["seen_patients"] == {"test": expected}
