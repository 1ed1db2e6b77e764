import keras
import numpy as np
import pytest

from pipelines.errors import UsageError
from zoo.architectures import cnn3d
from zoo.freezing import freeze


def build():
    return cnn3d.build((8, 8, 2), 2, 0)


def trained(model):
    """Which weights one step changes, statistics of batch normalisation included."""
    before = [np.array(w) for w in model.get_weights()]
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(4, 8, 8, 2)).astype("float32")
    model.train_on_batch(x, np.ones((4, 1, 1, 128), "float32"))
    return {
        weight.path.split("/")[0]
        for weight, old in zip(model.weights, before, strict=True)
        if not np.array_equal(keras.ops.convert_to_numpy(weight), old)
    }


def test_nothing():
    model = build()
    freeze(model, "")
    assert len(trained(model)) == 6


def test_a_prefix_and_its_statistics_stay():
    model = build()
    freeze(model, "relu2")
    assert trained(model) == {"convolution3", "normalisation3"}


def test_frozen_batch_normalisation_infers_in_training_too():
    model = build()
    freeze(model, "all")
    x = np.random.default_rng(0).normal(size=(4, 8, 8, 2)).astype("float32")
    in_training, in_inference = (
        keras.ops.convert_to_numpy(model(x, training=training))
        for training in (True, False)
    )
    np.testing.assert_allclose(in_training, in_inference, rtol=1e-6)
    assert not model.trainable_weights


def test_side_branches_behind_the_layer_stay_trainable():
    inputs = keras.Input((4,))
    first = keras.layers.Dense(4, name="first")(inputs)
    beside = keras.layers.Dense(4, name="beside")(first)
    last = keras.layers.Dense(4, name="last")(first)
    model = keras.Model(inputs, keras.layers.Add(name="sum")([beside, last]))
    freeze(model, "last")
    frozen = {layer.name for layer in model.layers if not layer.trainable}
    assert {"first", "last"} <= frozen and "beside" not in frozen


def test_no_such_layer():
    with pytest.raises(UsageError, match="no layer 'relu9'.*relu1"):
        freeze(build(), "relu9")
