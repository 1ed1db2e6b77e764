"""The recipes that a study trains with."""

import pytest

from pipelines.errors import UsageError
from tests.zoo.studies import small_study
from zoo.studies import final_recipes

IMAGENET = small_study.TEXT.replace(
    'name = "two"\nrecipe = "acdc_cnn3d"', 'name = "two"\nrecipe = "acdc_inception"'
)


def test_changes_and_then_those_of_quick(tmp_path):
    made = final_recipes.recipes(small_study.request(tmp_path))
    assert made["one"].optimisation.epochs == 2
    made = final_recipes.recipes(small_study.request(tmp_path, quick=True))
    assert made["one"].optimisation.epochs == 1


def test_a_change_that_is_none_names_study_and_training(tmp_path):
    text = small_study.TEXT.replace("optimisation.epochs = 2", "nosuch = 2")
    with pytest.raises(UsageError, match="study small, training one: .*nosuch"):
        final_recipes.recipes(small_study.request(tmp_path, text=text))


def test_weights_that_are_not_at_hand_end_it_with_the_cure(tmp_path, monkeypatch):
    monkeypatch.setenv("ZOO_WEIGHTS", str(tmp_path))
    asked = small_study.request(tmp_path, text=IMAGENET)
    with pytest.raises(UsageError, match="(?s)inception: .*--weights none"):
        final_recipes.recipes(asked)


def test_without_weights_all_are_from_scratch(tmp_path, monkeypatch):
    monkeypatch.setenv("ZOO_WEIGHTS", str(tmp_path))
    asked = small_study.request(tmp_path, text=IMAGENET, without_weights=True)
    made = final_recipes.recipes(asked)
    assert {recipe.weights for recipe in made.values()} == {"none"}
    assert made["two"].arch == "inception"
