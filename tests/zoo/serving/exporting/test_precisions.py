import keras
import numpy as np
import pytest

from pipelines.errors import DataError, UsageError
from tests.zoo.prediction import networks
from zoo.prediction import predictor
from zoo.serving.exporting import precisions


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return networks.run(tmp_path_factory.mktemp("run") / "run")


@pytest.fixture(scope="module")
def model(run):
    return predictor.network_of(run)


def test_float32_is_the_model_itself(run, model):
    assert precisions.rebuilt(run, model, "float32") is model


def test_bfloat16_is_within_and_float32_at_the_edges(run, model):
    network = precisions.rebuilt(run, model, "bfloat16")
    convolutions = [
        layer
        for layer in network._flatten_layers()
        if isinstance(layer, keras.layers.Conv3D)
    ]
    assert {layer.compute_dtype for layer in convolutions} == {"bfloat16"}
    assert {layer.variable_dtype for layer in convolutions} == {"float32"}
    assert {tensor.dtype for tensor in network.inputs} == {"float32"}
    assert {tensor.dtype for tensor in network.outputs} == {"float32"}
    assert keras.config.dtype_policy().name == "float32"


def test_its_weights_are_the_models(run, model):
    network = precisions.rebuilt(run, model, "bfloat16")
    for mine, its in zip(network.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, its)
    volume = np.random.default_rng(0).normal(size=(2, 8, 8, 8, 2)).astype(np.float32)
    found = network(volume, training=False)["probabilities"]
    expected = model(volume, training=False)["probabilities"]
    assert 0 < np.abs(found - expected).max() < 0.02


def test_an_architecture_that_has_changed(run, model, tmp_path):
    other = networks.run(tmp_path / "run", recipe=networks.Recipe(arch="resnet3d18"))
    with pytest.raises(DataError, match="resnet3d18 as it is built today has other"):
        precisions.rebuilt(other, model, "bfloat16")


def test_float16_wants_a_gpu():
    precisions.check("float16", [(8, 0)])
    precisions.check("bfloat16", [])
    with pytest.raises(UsageError, match="float16 wants a GPU where the model is"):
        precisions.check("float16", [])
