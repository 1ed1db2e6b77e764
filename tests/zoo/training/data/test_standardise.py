"""What is computed on the training split is of the training split alone."""

import dataclasses

import numpy as np
import pytest

from pipelines.errors import DataError, UsageError
from pipelines.records.directory import open_dataset
from tests.pipelines.records import small
from zoo.recipes.recipe import Head, Recipe
from zoo.targets.standardisation import NOTHING
from zoo.training.data.standardise import encoded, standards

RECIPE = Recipe(head=Head(covariates=("age",)))
FOLDS = {("fold", "0"): 3, ("fold", "1"): 4, ("fold", "2"): 2, ("holdout", ""): 5}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Sample i is i years old; so are its other covariates."""
    folder = tmp_path_factory.mktemp("data")
    task = small.task(covariates=("psa", "age"), kind="folds", folds=3, holdout=0.2)
    small.data_set(folder, task, FOLDS)
    return open_dataset(folder)


@pytest.mark.parametrize(
    ("fold", "training"),
    [("0", range(3, 9)), ("1", [0, 1, 2, 7, 8]), ("2", range(7))],
)
def test_only_training_samples_of_the_fold_count(data, fold, training):
    """With a hold-out set fold i validates and the rest of the folds train."""
    (age,) = standards(data, RECIPE, fold).encoding.covariates
    assert (age.name, age.mean) == ("age", pytest.approx(np.mean(training)))
    assert age.deviation == pytest.approx(np.std(training))


def test_other_samples_change_nothing(data, tmp_path):
    before = encoded(data, ("age", "psa"), "0")
    small.data_set(tmp_path, data.task, FOLDS | {("holdout", ""): 50})
    assert encoded(open_dataset(tmp_path), ("age", "psa"), "0") == before


def test_a_run_without_covariates_has_no_standards(data):
    assert standards(data, Recipe(), "0") == NOTHING


def test_what_the_data_set_has_not(data):
    with pytest.raises(UsageError, match="psa, age. Received: weight"):
        encoded(data, ("weight",), "0")
    with pytest.raises(UsageError, match="name the fold to test on"):
        encoded(data, ("age",), None)


def test_a_manifest_that_is_gone(data, tmp_path):
    gone = dataclasses.replace(data, path=str(tmp_path))
    with pytest.raises(DataError, match="lacks manifest.csv"):
        encoded(gone, ("age",), "0")
