"""What every architecture of the registry must do, at its smallest size.

Runs on whatever backend `KERAS_BACKEND` names; the export is TensorFlow's alone.
"""

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from pipelines.errors import DataError
from zoo import classifier, registry
from zoo.recipe import Head, Recipe, Slices

CLASSES = 3
ON_TENSORFLOW = keras.backend.backend() == "tensorflow"

QUICK = ("cnn3d",)  # the others take some ten seconds to save, export and load

each_architecture = pytest.mark.parametrize("name", registry.ARCHITECTURES)


def smallest_shape(name):
    """D, H, W, C: no two alike, at least one as small as can be."""
    architecture = registry.get(name)
    smallest = architecture.minimum_size
    depth = 4 if architecture.rank == 2 else smallest + 3
    return (depth, smallest, smallest + 5, 2)


def build(name, **changes):
    recipe = Recipe(
        arch=name,
        slices=Slices(train=2, evaluate=3),
        head=Head(dropout=0.0, **changes),
    )
    return classifier.build(
        recipe,
        registry.get(name),
        shape=smallest_shape(name),
        classes=CLASSES,
        seed=1,
    )


def volumes(name, batch=2, depth=None):
    shape = smallest_shape(name)
    shape = (batch, depth or shape[0], *shape[1:])
    return np.random.default_rng(0).normal(size=shape).astype("float32")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=() if name in QUICK else pytest.mark.slow)
        for name in registry.ARCHITECTURES
    ],
)
def saved(request, tmp_path_factory):
    """The outputs of a classifier here and, saved and exported, in a fresh process."""
    directory = tmp_path_factory.mktemp(request.param)
    inference = build(request.param).inference
    x = volumes(request.param)
    here = inference.predict_on_batch(x)
    np.save(directory / "volumes.npy", x)
    inference.save(directory / "model.keras")
    if ON_TENSORFLOW:
        inference.export(str(directory / "served"), verbose=False)
    script = Path(__file__).with_name("fresh.py")
    finished = subprocess.run(
        [sys.executable, str(script), str(directory)],
        cwd=directory,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr[-3000:]
    return directory, here, np.load(directory / "fresh.npz")


@each_architecture
def test_inference_gives_logits_probabilities_and_features(name):
    model = build(name).inference
    found = model.predict_on_batch(volumes(name))
    assert [i.name for i in model.inputs] == ["volume"]
    assert set(found) == {"logits", "probabilities", "features"}
    assert found["logits"].shape == found["probabilities"].shape == (2, CLASSES)
    assert found["features"].shape == (2, model.output["features"].shape[-1])
    assert all(np.isfinite(values).all() for values in found.values())
    np.testing.assert_allclose(found["probabilities"].sum(-1), 1, rtol=1e-5)


@each_architecture
def test_backbone_gives_a_map_of_the_rank(name):
    architecture = registry.get(name)
    backbone = build(name).backbone
    assert len(backbone.output.shape) == architecture.rank + 2
    assert min(backbone.output.shape[1:]) >= 1


@each_architecture
def test_below_the_minimum_size_is_an_error(name):
    architecture = registry.get(name)
    depth, height, width, channels = smallest_shape(name)
    with pytest.raises(DataError, match=f"at least {architecture.minimum_size} voxels"):
        classifier.build(
            Recipe(arch=name, slices=Slices(train=2)),
            architecture,
            shape=(depth, height - 1, width, channels),
            classes=CLASSES,
            seed=1,
        )


@each_architecture
def test_gradients_reach_every_trainable_weight(name):
    built = build(name)
    model = built.training
    depth = model.inputs[0].shape[1]
    heads = ["logits"] + [
        f"auxiliary_{i}" for i in range(len(registry.get(name).auxiliary))
    ]
    assert set(model.output) == set(heads)
    loss = keras.losses.SparseCategoricalCrossentropy
    model.compile(
        optimizer=keras.optimizers.SGD(0.1),
        loss={head: loss(from_logits=True) for head in heads},
    )
    before = [np.array(w) for w in _values(model)]
    labels = np.array([0, 1, 2, 0])
    model.train_on_batch(volumes(name, 4, depth), {head: labels for head in heads})
    for weight, old, new in zip(
        model.trainable_weights, before, _values(model), strict=True
    ):
        assert np.isfinite(new).all(), weight.path
        assert not np.array_equal(new, old), f"no gradient in {weight.path}"


def _values(model):
    return [keras.ops.convert_to_numpy(w) for w in model.trainable_weights]


@each_architecture
def test_the_seed_alone_decides_the_weights_and_nothing_the_names(name):
    keras.utils.set_random_seed(0)
    first = build(name)
    keras.utils.set_random_seed(1)
    second = build(name)
    pairs = zip(first.training.get_weights(), second.training.get_weights())
    assert all(np.array_equal(*pair) for pair in pairs)
    names = [[layer.name for layer in b.backbone.layers] for b in (first, second)]
    assert names[0] == names[1]


def test_a_saved_model_loads_bit_equal_without_the_package(saved):
    _, here, fresh = saved
    for output, values in here.items():
        assert np.array_equal(fresh[f"keras/{output}"], values), output


@pytest.mark.skipif(not ON_TENSORFLOW, reason="SavedModel is TensorFlow's")
def test_an_exported_model_serves_the_same_numbers(saved):
    _, here, fresh = saved
    for output, values in here.items():
        np.testing.assert_allclose(
            fresh[f"served/{output}"], values, rtol=1e-4, atol=1e-5
        )


@pytest.mark.skipif(not ON_TENSORFLOW, reason="SavedModel is TensorFlow's")
def test_an_exported_graph_needs_neither_python_nor_xla(saved):
    directory, _, _ = saved
    found = set((directory / "ops.txt").read_text().split())
    assert found & {"Conv2D", "Conv3D"}
    refused = {"PyFunc", "PyFuncStateless", "EagerPyFunc", "XlaCallModule"}
    assert not found & (refused | {"_XlaMustCompile"})


@each_architecture
def test_mixed_precision_gives_float32_outputs(name):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        built = build(name)
        found = built.inference.predict_on_batch(volumes(name))
        outputs = built.training.output
    finally:
        keras.config.set_dtype_policy(before)
    assert built.backbone.output.dtype == "bfloat16"
    assert {keras.backend.standardize_dtype(x.dtype) for x in outputs.values()} == {
        "float32"
    }
    assert {v.dtype.name for v in found.values()} == {"float32"}
    assert all(np.isfinite(values).all() for values in found.values())


@each_architecture
def test_maximum_pooling_and_units_of_the_recipe(name):
    model = build(name, pooling="max", units=(5,)).inference
    head = model.get_layer("head")
    assert "Max" in type(head.get_layer("head_pooling")).__name__
    assert head.get_layer("head_dense0").units == 5
