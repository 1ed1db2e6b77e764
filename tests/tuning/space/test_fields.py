import pytest

from pipelines.errors import UsageError
from tuning.space import fields
from zoo.recipes.recipe import Recipe


def test_fields_have_the_names_that_recipes_and_options_have():
    names = fields.names()
    assert {"arch", "optimisation", "optimisation.schedule.kind"} <= {*names}
    assert "augmentation.intensity.gamma_chance" in names
    assert "optimisation.learning_rate" in names


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("learning_rate", "optimisation.learning_rate"),
        ("optimization.learning_rate", "optimisation.learning_rate"),
        ("optimisation.learning_rat", "optimisation.learning_rate"),
        ("augmentation.cutmix", "augmentation.mixing.cutmix"),
    ],
)
def test_the_nearest_field_is_named(name, meant):
    with pytest.raises(UsageError, match=f"no field '{name}'. Did you mean '{meant}'"):
        fields.check(name)


def test_where_nothing_is_near_nothing_is_guessed():
    with pytest.raises(UsageError, match="no field 'zzz'$"):
        fields.check("zzz")


@pytest.mark.parametrize(
    "name", ["seed", "evaluation", "evaluation.bootstrap", "optimisation.monitor"]
)
def test_what_the_sweep_owns_is_not_searched(name):
    with pytest.raises(UsageError, match=f"{name} is not searched: .*Leave its line"):
        fields.check(name)


def test_a_section_with_what_the_sweep_owns_is_not_searched_as_a_whole():
    with pytest.raises(UsageError, match="as a whole, since optimisation.monitor is"):
        fields.check("optimisation")
    fields.check("optimisation.schedule")


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("optimisation.batch_size", True),
        ("optimisation.learning_rate", False),
        ("optimisation.optimizer", False),
        ("head.units", False),
    ],
)
def test_fields_of_whole_numbers(name, whole):
    assert fields.is_whole(name) is whole


def test_more_may_be_owned():
    with pytest.raises(UsageError, match="epochs is not searched: rounds have theirs"):
        fields.check(
            "optimisation.epochs", {"optimisation.epochs": "rounds have theirs"}
        )


def test_the_value_of_a_field():
    assert fields.value(Recipe(), "optimisation.schedule.kind", asked_by="a") == (
        "constant"
    )
    assert fields.value(Recipe(), "head.units", asked_by="a") is None
