import pytest

from pipelines.augment import augmentation
from pipelines.augment.augmentation import Augmentation
from pipelines.augment.spatial.settings import Spatial
from pipelines.batches.slices import Slices
from pipelines.errors import DataError, UsageError
from pipelines.storage import config_files
from zoo.recipes import recipe as recipes
from zoo.recipes.edit import edit
from zoo.recipes.mixmatch import MixMatch
from zoo.recipes.optimisation import Optimisation, Schedule
from zoo.recipes.recipe import Evaluation, Head, Recipe
from zoo.recipes.transfer import Transfer


def test_toml_gives_the_same_recipe_back(tmp_path):
    recipe = Recipe(
        arch="resnet3d18",
        sequences=("T2WI", "ADC"),
        head=Head(units=(32,), dropout=0.5),
        transfer=Transfer(
            frozen=("all", "50%", "none"), epochs=(1, 2), rates=(1.0, 0.1)
        ),
        augmentation=Augmentation(spatial=Spatial(flip=("width",))),
        optimisation=Optimisation(
            monitor="val_loss", class_weights="balanced", clip_norm=2.0
        ),
    )
    path = tmp_path / "recipe.toml"
    path.write_text(config_files.to_toml(recipe), encoding="utf-8")
    assert recipes.load(str(path)) == recipe


@pytest.mark.parametrize("name", recipes.shipped())
def test_every_shipped_recipe_can_be_read(name):
    assert isinstance(recipes.load(name), Recipe)


@pytest.mark.parametrize(
    "name", [name for name in recipes.shipped() if name in augmentation.shipped()]
)
def test_a_study_s_recipe_augments_as_its_preset(name):
    assert recipes.load(name).augmentation == augmentation.load(name)


@pytest.mark.parametrize(
    "name", [name for name in recipes.shipped() if name.startswith("nash_")]
)
def test_the_networks_of_nash_differ_in_their_architecture_alone(name):
    arch = name.removeprefix("nash_")
    assert edit(recipes.load("nash_resnet50"), "arch", arch) == recipes.load(name)
    assert recipes.load(name).augmentation == augmentation.load("nash")


def test_an_unknown_name_lists_those_there_are():
    with pytest.raises(UsageError, match="no recipe named 'nonsense'.*first_run"):
        recipes.load("nonsense")


def test_an_unknown_key_is_an_error(tmp_path):
    path = tmp_path / "recipe.toml"
    path.write_text("[optimisation]\nlearning = 1.0\n", encoding="utf-8")
    with pytest.raises(DataError, match="learning"):
        recipes.load(str(path))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Slices(train=0), "slices.train must be 1"),
        (lambda: Slices(depth=(0.5, 0.5)), "slices.depth is from, to"),
        (lambda: Head(dropout=1.0), "head.dropout must be from 0 to below 1"),
        (
            lambda: Evaluation(confidence=95),
            "evaluation.confidence must be above 0 and below 1",
        ),
        (lambda: Recipe(seed=-1), "seed must be from 0 to 4294967295. Received: -1"),
        (lambda: Recipe(seed=2**32), "seed must be from 0 to .*Received: 4294967296"),
        (lambda: Head(units=(64, 0)), "each of head.units must be from 1 .*: 0"),
        (
            lambda: Recipe(
                transfer=Transfer(frozen=("all", "none"), epochs=(1,), rates=(1000.0,)),
                optimisation=Optimisation(learning_rate=1e37),
            ),
            "every stage wants a learning rate from 1e-38 to 1e.38",
        ),
        (
            lambda: Recipe(
                transfer=Transfer(frozen=("all", "none"), epochs=(2,)),
                optimisation=Optimisation(schedule=Schedule(warmup_epochs=2)),
            ),
            "more epochs than its warm-up",
        ),
        (
            lambda: Recipe(transfer=Transfer(batch_normalisation="frozen")),
            "no statistics that could stay",
        ),
        (lambda: Recipe(unknown_classes=()), "unknown_classes names a class or more"),
        (
            lambda: Recipe(unknown_classes=("b",), mixmatch=MixMatch(weight=75.0)),
            "samples without a label, which may be of the classes .* Received: b",
        ),
    ],
)
def test_values_that_cannot_be_are_errors(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("adjacent", [0, 2])
def test_neighbours_come_in_pairs(adjacent):
    with pytest.raises(ValueError, match=f"an odd number.*Received: {adjacent}"):
        Slices(adjacent=adjacent)


def test_a_recipe_that_holds_nothing_out_is_written_as_it_always_was(tmp_path):
    assert "unknown_classes" not in config_files.to_toml(Recipe())
    assert "unknown_classes" not in config_files.plain(Recipe())
    recipe = Recipe(unknown_classes=("DWI_Low",))
    path = tmp_path / "recipe.toml"
    path.write_text(config_files.to_toml(recipe), encoding="utf-8")
    assert recipes.load(str(path)) == recipe
    assert config_files.digest(recipe) != config_files.digest(Recipe())
