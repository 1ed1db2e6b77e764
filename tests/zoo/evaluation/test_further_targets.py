"""The evidence on several targets, where few patients know the further ones."""

import json

import pytest

from pipelines.tasks.target import Target
from tests.zoo.evaluation.cohorts import cohort, make_run, three_splits
from tests.zoo.evaluation.numbered import numbered
from zoo.evaluation import pooled_folds, run_evaluation
from zoo.evaluation.evidence_text import text
from zoo.evaluation.predictions.predictions import join, take
from zoo.evaluation.results.settings import Settings
from zoo.recipes.recipe import Evaluation, Recipe
from zoo.targets.standardisation import ColumnStatistics, Standards

SETTINGS = Settings(bootstrap=200)
OPTIONS = {"settings": Settings(confidence=0.9, bootstrap=200, seed=4)}
SIDE = Target(classes=("left", "right"), columns=("side",), name="side")
FAT = Target(kind="regression", columns=("fat",), name="fat")
STANDARDS = Standards(
    column_statistics=(ColumnStatistics(name="fat", mean=10.0, deviation=3.0),)
)
RECIPE = Recipe(evaluation=Evaluation(bootstrap=200))


def known_in(found, *splits):
    """The rows of these splits."""
    rows = [i for i, one in enumerate(found.split) if one in splits]
    return take(found, rows)


def test_further_targets_that_few_patients_know(tmp_path):
    side = three_splits(SIDE.classes)
    of_test = [i for i, split in enumerate(side.split) if split == "test"]
    one_class = [i for i in of_test if side.label[i] == 0]
    run = make_run(
        tmp_path / "run",
        known_in(three_splits(), "train", "test"),
        recipe=RECIPE,
        standards=STANDARDS,
        further=[
            (SIDE, take(side, [0, 1, 2, 3, *one_class])),
            (FAT, numbered(12, ("fat",), split="train")),
        ],
    )
    result = run_evaluation.write(run.path, **OPTIONS)
    assert json.loads(run.metrics_path.read_text(encoding="utf-8")) == result
    found = result["further_targets"]
    assert list(found["side"]["splits"]) == ["train", "test"]
    test = found["side"]["splits"]["test"]["patient"]
    assert test["auc"]["value"] is None and test["accuracy"]["value"] is not None
    assert list(found["fat"]["splits"]) == ["train"]
    assert (run.path / "figures" / "side" / "roc.png").is_file()
    assert "further target side" in text(result)


@pytest.fixture
def fold(tmp_path):
    """Makes a run that tests patients of its own fold."""

    def made(number, *known):
        whole = {
            split: {"split": split, "fold": str(number), "seed": number}
            for split in ("train", "test")
        }
        main = [cohort(12, **one) for one in whole.values()]
        fat = join([numbered(12, ("fat",), **whole[one]) for one in known])
        return make_run(
            tmp_path / f"fold{number}",
            join(main),
            fold=str(number),
            recipe=RECIPE,
            standards=STANDARDS,
            further=[(FAT, fat)],
        ).path

    return made


def test_folds_that_do_not_know_a_further_target_are_left_out(fold, tmp_path):
    runs = [fold(0, "train", "test"), fold(1, "train"), fold(2, "train", "test")]
    result = pooled_folds.write(runs, settings=SETTINGS, out=tmp_path / "out")
    assert [row["fold"] for row in result["folds"]["rows"]] == ["0", "1", "2"]
    found = result["further_targets"]["fat"]
    assert [row["fold"] for row in found["folds"]["rows"]] == ["0", "2"]
    assert found["splits"]["test"]["patient"]["patients"] == 24
    assert (tmp_path / "out" / "figures" / "fat" / "scatter_test.png").is_file()
    assert "fold, by patient" in text(found | {"task": ""})


def test_a_further_target_that_no_fold_knows_says_so(fold, tmp_path):
    runs = [fold(number, "train") for number in range(2)]
    result = pooled_folds.write(runs, settings=SETTINGS, out=tmp_path / "out")
    reason = "no test sample knows it"
    assert result["further_targets"] == {"fat": {"reason": reason}}
    assert f"further target fat\n\nnote: {reason}" in text(result)
