import pytest

from pipelines.errors import UsageError
from tuning.space import conditions
from tuning.space import space as spaces
from zoo.recipes.recipe import Recipe

SLICES = {"choice": [1, 2], "when": {"rank": 2}}


def decided(base, **tables):
    return conditions.decided(spaces.of_tables(tables), base)


def test_what_is_not_searched_is_decided_by_the_recipe():
    tables = {
        "head.dropout": {"range": [0.0, 0.5], "when": {"weights": "imagenet"}},
        "optimisation.learning_rate": {"log": [1e-5, 1e-2]},
    }
    without = decided(Recipe(), **tables)
    assert without.names == ("optimisation.learning_rate",)
    space = decided(Recipe(weights="imagenet"), **tables)
    assert space.get("head.dropout").when == {}


def test_rank_is_that_of_the_recipes_network():
    tables = {"slices.train": SLICES, "head.dropout": {"choice": [0.0, 0.5]}}
    assert "slices.train" in decided(Recipe(arch="inception"), **tables).names
    assert "slices.train" not in decided(Recipe(arch="cnn3d"), **tables).names


def test_rank_is_that_of_each_network_that_is_searched():
    arch = {"choice": ["cnn3d", "inception", "resnet18"]}
    space = decided(Recipe(), arch=arch, **{"slices.train": SLICES})
    assert space.get("slices.train").when == {"arch": ("inception", "resnet18")}


def test_rank_and_network_hold_together():
    arch = {"choice": ["cnn3d", "inception", "resnet18"]}
    when = {"arch": ["cnn3d", "inception"], "rank": 2}
    table = {"choice": [1, 2], "when": when}
    space = decided(Recipe(), arch=arch, **{"slices.train": table})
    assert space.get("slices.train").when == {"arch": ("inception",)}


def test_networks_that_the_sweep_has_not_do_not_count():
    arch = {"choice": ["cnn3d", "inception"]}
    table = {"choice": [0.0, 0.3], "when": {"arch": ["inception", "inception3d"]}}
    field = "optimisation.auxiliary_weight"
    space = decided(Recipe(), arch=arch, **{field: table})
    assert space.get(field).when == {"arch": ("inception",)}


def test_what_none_of_the_sweeps_networks_has_is_left_out():
    arch = {"choice": ["cnn3d", "resnet3d18"]}
    assert decided(Recipe(), arch=arch, **{"slices.train": SLICES}).names == ("arch",)


def test_a_condition_on_what_was_left_out_is_decided_by_the_recipe():
    tables = {
        "transfer.batch_normalisation": {
            "choice": ["train", "frozen"],
            "when": {"weights": "imagenet"},
        },
        "transfer.batch_normalisation_momentum": {
            "choice": [0.0, 0.9],
            "when": {"transfer.batch_normalisation": "train"},
        },
    }
    space = decided(Recipe(), **tables)
    assert space.names == ("transfer.batch_normalisation_momentum",)
    assert space.parameters[0].when == {}


def test_a_condition_is_in_the_words_of_the_parameter_that_it_names():
    turns = "augmentation.spatial.rotation_degrees"
    tables = {
        turns: {"choice": [[0.0, 0.0, 0.0], [10.0, 0.0, 0.0]]},
        "head.dropout": {"choice": [0.0, 0.5], "when": {turns: [[10, 0, 0]]}},
    }
    (wanted,) = decided(Recipe(), **tables).get("head.dropout").when[turns]
    assert str(wanted) == "[10.0, 0.0, 0.0]"


def test_settings_meet_a_condition_by_all_that_is_in_them():
    field = "optimisation.schedule"
    schedules = [{"kind": "step", "every": 5}, {"kind": "constant"}]
    when = {field: [{"kind": "step", "every": 5.0}]}
    tables = {
        field: {"choice": schedules},
        "head.dropout": {"choice": [0.0, 0.5], "when": when},
    }
    met = decided(Recipe(), **tables).get("head.dropout").when[field]
    assert str(met) == str((schedules[0],))
    tables["head.dropout"]["when"] = {field: [{"kind": "step"}]}
    with pytest.raises(UsageError, match="asks for optimisation.schedule = {'kind'"):
        decided(Recipe(), **tables)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"rank": 4}, r"rank is 2 \(slices\) or 3 \(volumes\). Received: \[4\]"),
        ({"rank": [[2]]}, r"rank is 2 \(slices\) or 3 \(volumes\)"),
        ({"wieghts": "none"}, "'wieghts', which is no field.*Did you mean 'weights'"),
        ({"weights": "imagnet"}, r"on weights can't be met.*'imagenet'.*: 'imagnet'"),
        ({"augmentation.mixing.cutmix": True}, "cutmix can't.*a number. Received: Tr"),
        ({"optimisation.nesterov": 1}, "nesterov can't.*true or false. Received: 1"),
        ({"optimisation.ema_decay": True}, "asks for .*ema_decay = True.*be 0.0, 1.0"),
        ({"arch": "resnet19"}, "no architecture named 'resnet19'"),
        ({"arch": 3}, "on arch can't be met: that field is a text. Received: 3"),
        (
            {"optimisation.epochs": 3},
            "asks for optimisation.epochs = 3, which may be 5",
        ),
        (
            {"optimisation.learning_rate": 0.1},
            "wants a parameter of single values. Received: optimisation.learning_rate",
        ),
    ],
)
def test_a_condition_that_can_not_be_met_is_refused(when, words):
    tables = {
        "arch": {"choice": ["cnn3d", "inception"]},
        "optimisation.epochs": {"choice": [5, 10]},
        "optimisation.ema_decay": {"choice": [0.0, 1.0]},
        "optimisation.learning_rate": {"log": [1e-5, 1e-1]},
        "head.dropout": {"choice": [0.0, 0.5], "when": when},
    }
    with pytest.raises(UsageError, match=words):
        decided(Recipe(), **tables)
