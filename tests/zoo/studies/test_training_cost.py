"""What a training is said to take."""

import dataclasses

import pytest

from pipelines.tasks.task import load as load_task
from zoo.recipes import edit
from zoo.recipes import recipe as recipes
from zoo.studies import training_cost


def of(name="acdc_cnn3d", task="liver_fibrosis", samples=100, **changes):
    recipe = edit.edit_all(recipes.load(name), changes)
    return training_cost.of(recipe, load_task(task), samples, 2)


def test_a_training_is_in_proportion_to_its_epochs_and_samples():
    few, many = (of(**{"optimisation.epochs": epochs}) for epochs in (10, 110))
    more = of(samples=1000, **{"optimisation.epochs": 110})
    assert few.seconds < many.seconds < 11 * few.seconds
    assert 5 * many.seconds < more.seconds < 11 * many.seconds
    assert few.megabytes == many.megabytes == more.megabytes


def test_folds_are_as_many_trainings():
    one, folds = of(task="nash"), of(task="nash_folds")
    assert 3 * one.seconds < folds.seconds < 6 * one.seconds
    assert folds.megabytes == pytest.approx(5 * one.megabytes)


def test_a_range_test_is_counted():
    rate = {"optimisation.learning_rate": 1e-3}
    without = of("nash_resnet18", "nash", **rate, weights="none")
    assert of("nash_resnet18", "nash", weights="none").seconds > without.seconds


def test_a_network_of_ones_own_is_not_known():
    recipe = dataclasses.replace(recipes.load("acdc_cnn3d"), arch="mine.networks:net")
    cost = training_cost.of(recipe, load_task("nash"), 72, 2)
    assert cost.seconds is None
