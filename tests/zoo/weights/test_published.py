"""The published files that lie beside the project, loaded into our networks."""

import keras
import numpy as np
import pytest

from zoo.architectures import registry
from zoo.architectures.reseeding import stable_names
from zoo.classifier.classifier import Classifier
from zoo.recipes.recipe import Recipe
from zoo.weights import load as load_weights

RECIPE = Recipe(weights="imagenet")


def loaded(folder, name, side, channels=3, rank=2):
    if not folder.is_dir():
        pytest.skip(f"no {folder.name} in the folder of real data")
    architecture = registry.get(name)
    backbone = architecture.build((*(side,) * rank, channels), rank, 0)
    alone = Classifier(
        backbone=backbone, training=None, inference=None, layer_freezing=None
    )
    load_weights.load(alone, architecture, RECIPE, folder)
    return backbone


def test_alexnets_convolutions(shared_data):
    folder = shared_data / "alexnet-imagenet"
    backbone = loaded(folder, "alexnet", 63)
    with np.load(next(folder.glob("*.npz"))) as arrays:
        for number in range(1, 6):
            layer = backbone.get_layer(f"convolution{number}")
            kernel, bias = layer.get_weights()
            np.testing.assert_array_equal(kernel, arrays[f"conv{number}/kernel"])
            np.testing.assert_array_equal(bias, arrays[f"conv{number}/bias"])


def test_alexnets_convolutions_inflated(shared_data):
    folder = shared_data / "alexnet-imagenet"
    backbone = loaded(folder, "alexnet3d", 63, channels=1, rank=3)
    with np.load(next(folder.glob("*.npz"))) as arrays:
        kernel = backbone.get_layer("convolution2").get_weights()[0]
        np.testing.assert_allclose(
            kernel.sum(axis=0), arrays["conv2/kernel"], rtol=1e-4
        )
        stem = backbone.get_layer("convolution1").get_weights()[0]
    assert stem.shape == (11, 11, 11, 1, 64)


@pytest.mark.slow
def test_xceptions_features_are_those_of_keras_applications(shared_data):
    folder = shared_data / "xception-imagenet"
    ours = loaded(folder, "xception", 96)
    theirs = keras.applications.Xception(
        include_top=False, weights=None, input_shape=(96, 96, 3)
    )
    names = stable_names(theirs)  # Keras counts its unnamed layers over the process
    with np.load(next(folder.glob("*.npz"))) as arrays:
        for layer in theirs.layers:
            name = names[layer.name]
            layer.set_weights([arrays[f"{name}/{w.name}"] for w in layer.weights])
    x = np.random.default_rng(0).uniform(-1, 1, (1, 96, 96, 3)).astype("float32")
    found, expected = ours.predict_on_batch(x), theirs.predict_on_batch(x)
    assert expected.max() > 0.1
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
