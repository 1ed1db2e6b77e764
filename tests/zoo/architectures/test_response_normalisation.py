import keras
import numpy as np
import pytest
from keras import ops

from zoo.architectures.response_normalisation import response_normalisation


def oracle(x, size=5, alpha=1e-4, k=1.0):
    """As Krizhevsky et al. (2012) write it, channel by channel, in float64."""
    x = x.astype("float64")
    channels = x.shape[-1]
    outputs = np.empty_like(x)
    for c in range(channels):
        first, last = max(0, c - size // 2), min(channels, c + size // 2 + 1)
        total = (x[..., first:last] ** 2).sum(-1)
        outputs[..., c] = x[..., c] / (k + alpha / size * total) ** 0.75
    return outputs


def normalise(x, **arguments):
    inputs = keras.Input(x.shape[1:], dtype=x.dtype.name)
    outputs = response_normalisation(inputs, name="norm", **arguments)
    return ops.convert_to_numpy(keras.Model(inputs, outputs)(x))


@pytest.mark.parametrize("shape", [(2, 3, 4, 7), (2, 3, 2, 4, 9), (1, 2, 2, 3)])
def test_the_formula(shape):
    x = np.random.default_rng(0).normal(scale=200, size=shape).astype("float32")
    np.testing.assert_allclose(normalise(x), oracle(x), rtol=1e-5, atol=1e-5)


def test_other_constants():
    x = np.random.default_rng(0).normal(size=(2, 3, 4, 7)).astype("float32")
    found = normalise(x, size=3, alpha=0.5, k=2.0)
    expected = oracle(x, size=3, alpha=0.5, k=2.0)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_half_precision_does_not_overflow():
    x = np.full((1, 2, 2, 8), 1000, "float16")
    found = normalise(x)
    assert found.dtype == np.float16
    np.testing.assert_allclose(found, oracle(x), rtol=2e-3)


def test_one_named_layer():
    inputs = keras.Input((4, 4, 8))
    model = keras.Model(inputs, response_normalisation(inputs, name="norm"))
    assert [layer.name for layer in model.layers[1:]] == ["norm"]
    assert not model.weights
