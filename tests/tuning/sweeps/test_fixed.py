"""What a command line fixes, against what a space searches."""

import pytest

from pipelines.errors import UsageError
from tests.tuning.sweeps.test_searched import of
from tuning.sweeps.fixed import check, fixed
from zoo.recipes.recipe import Recipe

SCHEDULE = """
"optimisation.schedule" = { choice = [{ kind = "constant" }, { kind = "cosine" }] }
"""
UNITS = '"head.units" = { choice = [[8], [16]] }\n'


@pytest.mark.parametrize(
    ("option", "field"),
    [
        ("--lr", "optimisation.learning_rate"),
        ("--epochs=60", "optimisation.epochs"),
        ("--optimisation.batch-size", "optimisation.batch_size"),
        ("--optimisation.no-xla", "optimisation.xla"),
        ("--arch", "arch"),
    ],
)
def test_what_is_named_is_fixed_though_nothing_changes(option, field):
    assert fixed([option, "x", "--folds", "3"], Recipe(), Recipe()) == (field,)


def test_a_field_that_is_fixed_as_it_is_anyway_is_told(tmp_path):
    given = str(Recipe().optimisation.epochs)
    text = '"optimisation.epochs" = { choice = [1, 2] }\n'
    with pytest.raises(UsageError, match="^optimisation.epochs: fixed by the command"):
        of(tmp_path, text, "--arch", "cnn3d", "--epochs", given)


def test_a_field_of_a_section_that_is_searched_is_told(tmp_path):
    more = ("--arch", "cnn3d", "--optimisation.schedule.warmup-epochs", "2")
    message = "warmup_epochs, which is in optimisation.schedule: fixed"
    with pytest.raises(UsageError, match=message):
        of(tmp_path, SCHEDULE, *more)


def test_a_section_whose_field_is_searched_is_told():
    with pytest.raises(UsageError, match="^head, in which is head.units: fixed"):
        check(["head.units"], ["head"])
    check(["head.units"], ["head.units_more", "heads"])  # names that only begin alike


def test_fields_beside_each_other_do_not_meet(tmp_path):
    space, recipe = of(tmp_path, UNITS, "--arch", "cnn3d", "--head.dropout", "0.4")
    assert space.names == ("head.units",) and recipe.head.dropout == 0.4


def test_augmentation_that_is_named_and_searched_as_a_whole_is_told(tmp_path):
    text = "augmentation = { choice = [{}, { mixing = { cutmix = 0.5 } }] }\n"
    (tmp_path / "a.toml").write_text("[spatial]\nflip = ['width']\n", encoding="utf-8")
    more = ("--arch", "cnn3d", "--augment", str(tmp_path / "a.toml"))
    with pytest.raises(UsageError, match="^augmentation: fixed by the command line"):
        of(tmp_path, text, *more)
    flip = '"augmentation.spatial.flip" = { choice = [[], ["depth"]] }\n'
    assert of(tmp_path, flip, *more)[0].names == ("augmentation.spatial.flip",)
