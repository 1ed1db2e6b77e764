import pytest

from pipelines.errors import UsageError
from tests.zoo.training import trained
from tuning.space import recipes
from tuning.space import space as spaces
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Recipe

BASE = Recipe(arch="cnn3d", optimisation=Optimisation(epochs=4, batch_size=4))
OPTIMIZER = {"choice": ["adam", "adamw"]}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return trained.data_set(tmp_path_factory.mktemp("data") / "d")


def check(data, base=BASE, **tables):
    return recipes.check(spaces.of_tables(tables), base, data, [""])


def test_values_are_edited_together():
    values = {"optimisation.optimizer": "adamw", "optimisation.weight_decay": 0.1}
    recipe = recipes.edited(BASE, values)
    assert recipe.optimisation.optimizer == "adamw"
    assert recipe.optimisation.weight_decay == 0.1
    assert recipe.optimisation.epochs == 4


def test_what_was_chosen_for_a_section_is_not_changed_by_what_is_in_it():
    mixing = {"cutmix": 0.5}
    values = {"augmentation.mixing": mixing, "augmentation.mixing.cutmix_alpha": 0.2}
    recipe = recipes.edited(BASE, values)
    assert recipe.augmentation.mixing.cutmix_alpha == 0.2
    assert mixing == {"cutmix": 0.5}


def test_a_section_is_set_before_what_is_in_it():
    values = {
        "augmentation.mixing.cutmix_alpha": 0.2,
        "augmentation.mixing": {"cutmix": 0.5},
    }
    mixing = recipes.edited(BASE, values).augmentation.mixing
    assert (mixing.cutmix, mixing.cutmix_alpha) == (0.5, 0.2)


@pytest.mark.parametrize(
    "table", [{"log": [1, 4]}, {"range": [1, 4]}, {"range": [1, 4], "step": 1}]
)
def test_whole_numbers_are_not_drawn_as_fractions(data, table):
    words = "batch_size holds whole numbers. .*Take integers = "
    with pytest.raises(UsageError, match=words):
        check(data, **{"optimisation.batch_size": table})


@pytest.mark.parametrize("table", [{"integers": [1, 4]}, {"log": [1, 4], "step": 2}])
def test_whole_numbers_are_searched(data, table):
    assert check(data, **{"optimisation.batch_size": table}) == ()


def test_every_fold_is_asked(tmp_path):
    counts = {("fold", "0"): 12, ("fold", "1"): 4, ("fold", "2"): 4}
    data = trained.data_set(tmp_path / "d", counts=counts, kind="folds", folds=3)
    space = spaces.of_tables({"optimisation.batch_size": {"choice": [4, 12]}})
    assert recipes.check(space, BASE, data, ["1"]) == ()
    with pytest.raises(UsageError, match="12 can't be trained: a batch wants 12"):
        recipes.check(space, BASE, data, ["1", "0"])


def test_a_space_that_can_be_trained_passes(data):
    tables = {
        "optimisation.optimizer": OPTIMIZER,
        "optimisation.weight_decay": {
            "log": [1e-5, 1e-2],
            "when": {"optimisation.optimizer": "adamw"},
        },
        "arch": {"choice": ["cnn3d", "resnet3d18"]},
    }
    assert check(data, **tables) == ()


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        (
            {"learning_rate": {"log": [1e-5, 1e-2]}},
            "no field 'learning_rate'. Did you mean 'optimisation.learning_rate'",
        ),
        (
            {"head.dropout": {"range": [0.0, 1.5]}},
            "head.dropout = 1.5 can't be trained",
        ),
        ({"head.pooling": {"choice": ["max", "min"]}}, "head.pooling = 'min' can't"),
        (
            {"optimisation.epochs": {"range": [1.0, 2.5]}},
            "optimisation.epochs holds whole numbers. Received: range",
        ),
        (
            {"slices.train": {"choice": ["a", "b"]}},
            "no value of .* slices.train can be trained: .*expected int",
        ),
        ({"arch": {"choice": ["cnn3d", "cnn4d"]}}, "arch = 'cnn4d' can't be trained"),
        ({"arch": {"choice": ["cnn3d", "alexnet3d"]}}, "arch = 'alexnet3d' can't be"),
        (
            {"optimisation.batch_size": {"choice": [4, 16]}},
            "batch_size = 16 can't be trained: a batch wants 16 samples",
        ),
        (
            {"optimisation.regression_loss": {"choice": ["mse", "huber"]}},
            "regression_loss = 'huber' can't be trained",
        ),
        (
            {"optimisation.optimizer": OPTIMIZER},
            "optimizer = 'adamw' can't be trained: .*adamw wants a weight_decay",
        ),
        ({"seed": {"integers": [0, 9]}}, "seed is not searched"),
    ],
)
def test_what_can_not_be_trained_is_refused_before_any_trial(data, tables, words):
    with pytest.raises(UsageError, match=words):
        check(data, **tables)


def test_the_parameter_that_is_at_fault_is_named_whatever_stands_before_it(data):
    tables = {
        "optimisation.learning_rate": {"log": [1e-5, 1e-2]},
        "augmentation.spatial.flip": {"choice": [0.0, 0.5]},
    }
    words = r"no value of the space's augmentation\.spatial\.flip can be trained"
    with pytest.raises(UsageError, match=words):
        check(data, **tables)


def test_a_base_that_can_not_be_trained_is_not_the_spaces_fault(data):
    base = Recipe(arch="alexnet3d")
    with pytest.raises(UsageError, match="no value .* head.dropout can be.*alexnet"):
        check(data, base, **{"head.dropout": {"choice": [0.0, 0.5]}})


def test_what_goes_with_some_values_alone_is_said(data):
    tables = {
        "optimisation.weight_decay": {"choice": [0.0, 0.1]},
        "optimisation.optimizer": OPTIMIZER,
    }
    decays, wants = check(data, **tables)
    assert decays.startswith("optimisation.weight_decay = 0.1 does not go with all")
    assert wants.startswith("optimisation.optimizer = 'adamw' does not go with all")
    assert "adam decays no weights" in decays
