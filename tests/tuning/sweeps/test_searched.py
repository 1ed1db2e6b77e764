"""The space and the recipe of a command line."""

import pytest

from pipelines.errors import UsageError
from tuning.sweeps import command_line
from tuning.sweeps.searched import searched


def of(tmp_path, text, *more):
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    given = ["--data", "d", "--space", str(tmp_path / "s.toml"), "--max-trials", "2"]
    return searched(*command_line.parse([*given, *more]))


RATE = '"optimisation.learning_rate" = { log = [1e-4, 1e-2] }\n'


def test_one_architecture_is_fixed_and_several_are_a_choice(tmp_path):
    space, recipe = of(tmp_path, RATE, "--arch", "cnn3d")
    assert (space.names, recipe.arch) == (("optimisation.learning_rate",), "cnn3d")
    space, recipe = of(tmp_path, RATE, "--arch", "cnn3d,resnet3d18")
    assert space.get("arch").values == ("cnn3d", "resnet3d18")


def test_a_field_that_is_fixed_and_searched_is_told(tmp_path):
    with pytest.raises(UsageError, match="learning_rate: fixed by the command line"):
        of(tmp_path, RATE, "--arch", "cnn3d", "--lr", "1")


def test_hyperband_chooses_the_epochs(tmp_path):
    text = '"optimisation.epochs" = { choice = [1, 2] }\n'
    with pytest.raises(UsageError, match="hyperband chooses the epochs"):
        of(tmp_path, text, "--arch", "cnn3d", "--tuner", "hyperband")


def test_a_space_of_which_nothing_holds_is_told(tmp_path):
    text = '"head.dropout" = { range = [0.0, 0.5], when = { "arch" = "resnet3d18" } }'
    with pytest.raises(UsageError, match="no condition of the space"):
        of(tmp_path, text, "--arch", "cnn3d")


@pytest.mark.parametrize(
    ("text", "more"),
    [
        (RATE, ["--optimisation.precision", "auto"]),
        ('"optimisation.precision" = { choice = ["float32", "auto"] }', []),
    ],
)
def test_the_precision_may_be_left_open(tmp_path, text, more):
    space, recipe = of(tmp_path, text, "--arch", "cnn3d", *more)
    searched = space.get("optimisation.precision")
    open_ones = (recipe.optimisation.precision, *(searched.values if searched else ()))
    assert "auto" in open_ones
