import dataclasses

import keras
import numpy as np
import pytest

from pipelines.batches.slices import Slices
from pipelines.errors import DataError, UsageError
from tests.zoo.weights.formats import caffe_bytes
from zoo.architectures import registry
from zoo.classifier import classifier
from zoo.recipes.recipe import Head, Recipe
from zoo.targets.target_output import outputs_of_classes
from zoo.weights import assign as assign_weights
from zoo.weights import load as load_weights
from zoo.weights import pretrained_head, recipe_checks
from zoo.weights.layouts import heads as published_heads

INCEPTION = registry.get("inception")
FLAT = Recipe(
    weights="file",
    slices=Slices(train=1),
    head=Head(pooling="flatten", units=(4, 3), pretrained=True),
)
ALEX = dataclasses.replace(
    registry.get("cnn3d"), name="alexnet", rank=2, reference=(224, 224, 3)
)


def build(recipe, architecture, side):
    return classifier.build(
        recipe,
        architecture,
        shape=(1, side, side, 3),
        target_outputs=outputs_of_classes(2),
        seed=0,
    )


def test_dense_layers_go_by_their_published_names():
    built = build(FLAT, ALEX, 8)
    found = pretrained_head.weights(built, ALEX)
    assert {name: tuple(w.shape) for name, w in found.items()} == {
        "fc6/kernel": (128, 4),
        "fc6/bias": (4,),
        "fc7/kernel": (4, 3),
        "fc7/bias": (3,),
    }


def test_dense_layers_of_a_file_are_loaded_but_not_its_logits(tmp_path):
    built = build(FLAT, ALEX, 8)
    head = built.inference.get_layer("head")
    logits = head.get_layer("head_logits").get_weights()[0].copy()
    weights = assign_weights.by_name(built.backbone) | pretrained_head.weights(
        built, ALEX
    )
    arrays = {name: np.full(w.shape, 0.5) for name, w in weights.items()}
    np.savez(tmp_path / "a.npz", **arrays, **{"logits/bias": np.ones(1000)})
    load_weights.load(built, ALEX, FLAT, tmp_path / "a.npz")
    assert np.all(head.get_layer("head_dense1").get_weights()[0] == 0.5)
    np.testing.assert_array_equal(
        head.get_layer("head_logits").get_weights()[0], logits
    )


def test_a_file_without_them_is_an_error_and_nothing_is_loaded(tmp_path):
    built = build(FLAT, ALEX, 8)
    before = [weight.copy() for weight in built.backbone.get_weights()]
    arrays = {
        n: np.ones(w.shape) for n, w in assign_weights.by_name(built.backbone).items()
    }
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(DataError, match="fc6/bias: not in the file; fc6/kernel: not"):
        load_weights.load(built, ALEX, FLAT, tmp_path / "a.npz")
    assert all(map(np.array_equal, before, built.backbone.get_weights()))


def test_another_number_of_dense_layers():
    recipe = dataclasses.replace(FLAT, head=Head(units=(4,), pretrained=True))
    with pytest.raises(
        UsageError, match="the 2 dense layers .*Received: a head with 1"
    ):
        recipe_checks.check_head(recipe, ALEX)


def test_an_architecture_without_published_dense_layers():
    with pytest.raises(UsageError, match="published cnn3d has no dense layers"):
        recipe_checks.check_head(FLAT, registry.get("cnn3d"))


@pytest.mark.parametrize("weights", ["none", "run"])
def test_without_published_weights_the_head_has_none(weights):
    recipe = dataclasses.replace(FLAT, weights=weights)
    with pytest.raises(UsageError, match=f"Received: weights = '{weights}'"):
        load_weights.check(recipe, ALEX, None, channels=1)


@pytest.mark.slow
def test_googlenets_auxiliary_heads_from_a_caffe_model(tmp_path):
    recipe = Recipe(
        weights="file",
        normalisation="zscore",
        slices=Slices(train=1),
        head=Head(pretrained=True),
    )
    built = build(recipe, INCEPTION, 224)
    generator = np.random.default_rng(0)
    layers = []
    names = {name.split("/")[0] for name in assign_weights.by_name(built.backbone)}
    for layer in sorted(names):
        kernel = built.backbone.get_layer(layer).get_weights()[0].transpose(3, 2, 0, 1)
        layers.append((layer, [kernel, np.zeros(len(kernel))]))
    shapes = {"conv": None, "fc": (1024, 2048), "classifier": (1000, 1024)}
    fully = {}
    for i, channels in ((1, 512), (2, 528)):
        for part, shape in shapes.items():
            shape = shape or (128, channels, 1, 1)
            fully[i, part] = generator.normal(size=shape).astype("float32")
            layers.append((f"loss{i}/{part}", [fully[i, part], np.zeros(shape[0])]))
    layers.append(("loss3/classifier", [np.zeros((1000, 1024)), np.zeros(1000)]))
    path = tmp_path / "a.caffemodel"
    path.write_bytes(caffe_bytes.net(layers, old=True))
    load_weights.load(built, INCEPTION, recipe, path)
    for i in (1, 2):
        ours = built.training.get_layer(f"auxiliary_head_{i - 1}")
        tap = INCEPTION.auxiliary[i - 1]
        shape = built.backbone.get_layer(tap).output.shape[1:]
        x = generator.normal(size=(1, *shape)).astype("float32")
        middle = keras.Model(
            ours.input, ours.get_layer(f"auxiliary_head_{i - 1}_dense").output
        )
        found = middle.predict_on_batch(x)
        np.testing.assert_allclose(
            found,
            caffes_dense(x, fully[i, "conv"], fully[i, "fc"]),
            rtol=1e-3,
            atol=1e-2,
        )


def caffes_dense(x, convolution, fully):
    """Average pooling 5 stride 3, 1x1 convolution, dense: in Caffe's order of axes."""
    x = x[0].transpose(2, 0, 1)
    pooled = np.stack(
        [
            [x[:, r : r + 5, c : c + 5].mean((1, 2)) for c in range(0, 10, 3)]
            for r in range(0, 10, 3)
        ],
        axis=0,
    ).transpose(2, 0, 1)
    mapped = np.maximum(np.einsum("oi,ihw->ohw", convolution[:, :, 0, 0], pooled), 0)
    return np.maximum(fully @ mapped.reshape(-1), 0)[None]


def test_every_published_head_has_logits():
    assert published_heads.get("resnet18").layers == {"logits"}
    assert published_heads.get("alexnet").layers == {"logits", "fc6", "fc7"}
    assert len(published_heads.get("inception").layers) == 7
