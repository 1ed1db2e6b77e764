import dataclasses

import keras
import numpy as np
import pytest

from pipelines.batches.slices import Slices
from pipelines.errors import DataError, UsageError
from tests.zoo.runs.test_run import begin
from zoo.architectures import registry
from zoo.classifier import classifier
from zoo.recipes.recipe import Recipe
from zoo.targets.target_output import outputs_of_classes
from zoo.weights import load as load_weights
from zoo.weights import origin_run

CNN = registry.get("cnn3d")
INCEPTION = registry.get("inception")
RECIPE = Recipe(arch="cnn3d", weights="run")


def built(recipe, channels=1, classes=2, architecture=CNN):
    shape = (8, 8, 8, channels)
    return classifier.build(
        recipe,
        architecture,
        shape=shape,
        target_outputs=outputs_of_classes(classes),
        seed=recipe.seed,
    )


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A run of one channel, with its model, and the model's backbone."""
    recipe = Recipe(arch="cnn3d", seed=7)
    run = begin(tmp_path_factory.mktemp("runs") / "first", recipe=recipe)
    theirs = built(recipe)
    theirs.inference.save(run.model_path)
    run.predictions_path.write_text("", encoding="utf-8")
    return run, theirs.backbone


def test_takes_the_backbone_and_leaves_the_head(finished):
    run, theirs = finished
    ours = built(RECIPE, classes=3)
    head = ours.inference.get_layer("head").get_weights()
    origin = load_weights.load(ours, CNN, RECIPE, run.path)
    assert origin.path == run.model_path
    pairs = zip(ours.backbone.get_weights(), theirs.get_weights(), strict=True)
    assert all(np.array_equal(*pair) for pair in pairs)
    after = ours.inference.get_layer("head").get_weights()
    assert all(map(np.array_equal, head, after))


def unnamed(input_shape, rank=3, seed=0):
    """A network whose layers Keras names, by how many it made before; one holds two."""
    x = volume = keras.Input(input_shape)
    x = keras.layers.Conv3D(2, 3, padding="same")(x)
    inner = (keras.layers.Conv3D(2, 3, padding="same") for _ in range(2))
    return keras.Model(volume, keras.Sequential(list(inner))(x))


def test_names_that_keras_counted_on_are_no_difference(tmp_path):
    recipe = Recipe(arch=f"{__name__}:unnamed", weights="run")
    architecture = registry.get(recipe.arch)
    run = begin(tmp_path / "run", recipe=dataclasses.replace(recipe, weights="none"))
    theirs, ours = (built(recipe, architecture=architecture) for _ in range(2))
    assert theirs.backbone.name != ours.backbone.name
    theirs.inference.save(run.model_path)
    run.predictions_path.write_text("", encoding="utf-8")
    load_weights.load(ours, architecture, recipe, run.path)
    pairs = zip(ours.backbone.get_weights(), theirs.backbone.get_weights(), strict=True)
    assert all(np.array_equal(*pair) for pair in pairs)


def test_what_can_be_checked_before(finished):
    run, _ = finished
    origin = load_weights.check(RECIPE, CNN, run.path, channels=1)
    assert origin == load_weights.load(built(RECIPE), CNN, RECIPE, run.path)
    assert origin.described()["published"] == ""


def test_another_number_of_channels(finished):
    run, _ = finished
    with pytest.raises(UsageError, match="channels seen at once 2 instead of 1"):
        load_weights.check(RECIPE, CNN, run.path, channels=2)
    with pytest.raises(DataError, match=r"model.keras does not fit the network: conv"):
        load_weights.load(built(RECIPE, channels=2), CNN, RECIPE, run.path)


def test_another_normalisation(finished):
    run, _ = finished
    recipe = dataclasses.replace(RECIPE, normalisation="equalise")
    with pytest.raises(UsageError, match="normalisation equalise instead of zscore"):
        load_weights.check(recipe, CNN, run.path, channels=1)


def test_another_architecture(finished):
    run, _ = finished
    recipe = dataclasses.replace(RECIPE, arch="resnet3d18")
    with pytest.raises(UsageError, match="is of cnn3d. Its weights fit no resnet3d18"):
        load_weights.check(recipe, registry.get("resnet3d18"), run.path, channels=1)


def test_an_unfinished_run(tmp_path):
    run = begin(tmp_path / "run", recipe=Recipe(arch="cnn3d"))
    with pytest.raises(DataError, match="unfinished: it has no model.keras"):
        load_weights.check(RECIPE, CNN, run.path, channels=1)
    run.model_path.write_bytes(b"of a run that was killed before its predictions")
    with pytest.raises(DataError, match="unfinished: it has no predictions.csv"):
        load_weights.check(RECIPE, CNN, run.path, channels=1)


def test_a_model_of_something_else(tmp_path):
    run = begin(tmp_path / "run", recipe=Recipe(arch="cnn3d"))
    run.model_path.write_bytes(b"no model")
    run.predictions_path.write_text("", encoding="utf-8")
    with pytest.raises(DataError, match="model.keras holds no cnn3d"):
        load_weights.load(built(RECIPE), CNN, RECIPE, run.path)


@pytest.mark.parametrize(
    ("theirs", "pixels"),
    [
        (Recipe(weights="imagenet"), "imagenet"),
        (Recipe(), "none"),
        (Recipe(weights="run", pixels="imagenet"), "imagenet"),
    ],
)
def test_pixels_are_those_of_the_run(tmp_path, theirs, pixels):
    run = begin(tmp_path / "run", recipe=theirs)
    resolved = origin_run.resolved(Recipe(weights="run"), INCEPTION, run)
    assert resolved.pixels == pixels
    origin_run.check(Recipe(weights="run"), INCEPTION, run, channels=1)
    other = {"none": "imagenet", "imagenet": "none"}[pixels]
    stated = Recipe(weights="run", pixels=other)
    assert origin_run.resolved(stated, INCEPTION, run) == stated
    with pytest.raises(UsageError, match=f"pixels {other} instead of {pixels}"):
        origin_run.check(stated, INCEPTION, run, channels=1)


def test_neighbouring_slices_are_channels_too(tmp_path):
    run = begin(tmp_path / "run", recipe=Recipe(slices=Slices(adjacent=3)))
    origin_run.check(Recipe(weights="run"), INCEPTION, run, channels=3)
    with pytest.raises(UsageError, match="channels seen at once 1 instead of 3"):
        origin_run.check(Recipe(weights="run"), INCEPTION, run, channels=1)
