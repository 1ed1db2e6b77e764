import keras
import numpy as np
import pytest
from keras import ops

from zoo.architectures.squeeze_excitation import squeeze_excitation


def network(shape, reduction=2):
    inputs = keras.Input(shape)
    outputs = squeeze_excitation(
        inputs, reduction=reduction, rank=len(shape) - 1, seed=0, name="block"
    )
    return keras.Model(inputs, outputs)


@pytest.mark.parametrize("spatial", [(3, 4), (3, 4, 2)])
def test_the_formula(spatial):
    x = np.random.default_rng(0).normal(size=(5, *spatial, 6)).astype("float32")
    model = network(x.shape[1:])
    for layer in ("block_squeeze", "block_excitation"):
        bias = model.get_layer(layer).bias
        bias.assign(np.linspace(-1, 1, bias.shape[0]))
    w1, b1, w2, b2 = (w.astype("float64") for w in model.get_weights())
    mean = x.mean(axis=tuple(range(1, x.ndim - 1)))
    gate = 1 / (1 + np.exp(-(np.maximum(mean @ w1 + b1, 0) @ w2 + b2)))
    expected = x * gate.reshape(5, *(1,) * len(spatial), 6)
    np.testing.assert_allclose(model.predict_on_batch(x), expected, atol=1e-6)


def test_the_gates_do_not_know_the_rank():
    flat, deep = network((3, 4, 64), 16), network((3, 4, 2, 64), 16)
    for first, second in zip(flat.get_weights(), deep.get_weights()):
        assert np.array_equal(first, second)
    assert flat.get_layer("block_squeeze").units == 4


def test_any_batch():
    model = network((3, 4, 6))
    assert model.output.shape == (None, 3, 4, 6)
    assert ops.convert_to_numpy(model(np.ones((1, 3, 4, 6)))).shape == (1, 3, 4, 6)
