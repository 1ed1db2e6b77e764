import itertools

import keras
import numpy as np
import pytest
from keras import ops

from zoo.architectures.grouped import grouped_convolution


def network(shape, filters, *, groups, strides=None, kernel_size=3):
    rank = len(shape) - 1
    inputs = keras.Input(shape)
    outputs = grouped_convolution(
        inputs,
        filters,
        kernel_size,
        groups=groups,
        rank=rank,
        seed=0,
        strides=strides or (1,) * rank,
        name="g",
    )
    return keras.Model(inputs, outputs)


def oracle(x, kernel, kernel_size, strides):
    """Group by group and offset by offset, in float64."""
    rank = x.ndim - 2
    groups, _, filters = kernel.shape
    channels = x.shape[-1] // groups
    beside = kernel_size // 2
    padded = np.pad(x, [(0, 0), *[(beside, beside)] * rank, (0, 0)]).astype("float64")
    sizes = [-(-n // s) for n, s in zip(x.shape[1:-1], strides)]
    offsets = list(itertools.product(range(kernel_size), repeat=rank))
    kernel = kernel.reshape(groups, len(offsets), channels, filters)
    found = np.zeros((len(x), *sizes, groups, filters))
    for number, offset in enumerate(offsets):
        places = tuple(
            slice(o, o + (n - 1) * s + 1, s) for o, n, s in zip(offset, sizes, strides)
        )
        voxels = padded[(slice(None), *places)]
        for g in range(groups):
            own = voxels[..., g * channels : (g + 1) * channels]
            found[..., g, :] += own @ kernel[g, number]
    return found.reshape(len(x), *sizes, groups * filters)


@pytest.mark.parametrize(
    ("shape", "strides", "kernel_size"),
    [
        ((6, 7), (1, 1), 3),
        ((6, 7), (2, 2), 3),
        ((9, 8), (1, 2), 5),
        ((1, 2), (2, 2), 3),
        ((4, 5), (3, 2), 3),
        ((4, 6, 7), (1, 1, 1), 3),
        ((5, 6, 7), (1, 2, 2), 3),
        ((4, 3, 7), (2, 2, 2), 3),
    ],
)
def test_each_group_is_convolved_by_itself(shape, strides, kernel_size):
    x = np.random.default_rng(0).normal(size=(2, *shape, 6)).astype("float32")
    arguments = {"groups": 3, "strides": strides, "kernel_size": kernel_size}
    model = network(x.shape[1:], 12, **arguments)
    kernel = ops.convert_to_numpy(model.get_layer("g").kernel)
    assert kernel.shape == (3, kernel_size ** len(shape) * 2, 4)
    found = model.predict_on_batch(x)
    np.testing.assert_allclose(
        found, oracle(x, kernel, kernel_size, strides), rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("rank", [2, 3])
def test_one_group_is_an_ordinary_convolution(rank):
    """Which also says in what order the kernel holds window and channels."""
    x = np.random.default_rng(0).normal(size=(2, *(5, 6, 7)[:rank], 4))
    model = network(x.shape[1:], 8, groups=1)
    kernel = ops.convert_to_numpy(model.get_layer("g").kernel)
    expected = ops.conv(
        x.astype("float32"),
        kernel.reshape(*(3,) * rank, 4, 8),
        padding="same",
        data_format="channels_last",
    )
    np.testing.assert_allclose(
        model.predict_on_batch(x), ops.convert_to_numpy(expected), atol=1e-5
    )


@pytest.mark.parametrize("rank", [2, 3])
def test_initial_weights_have_the_variance_of_a_groups_fan_in(rank):
    model = network((2,) * rank + (256,), 256, groups=16)
    kernel = ops.convert_to_numpy(model.get_layer("g").kernel)
    fan_in = 3**rank * 256 // 16
    assert kernel.shape == (16, fan_in, 16)
    assert np.isclose(kernel.var(), 2 / fan_in, rtol=0.05)
    assert abs(kernel.mean()) < 0.05 * kernel.std()


def test_gradients_reach_the_kernel_and_the_layer_before():
    inputs = keras.Input((5, 6, 6))
    x = keras.layers.Conv2D(6, 1, name="before")(inputs)
    x = grouped_convolution(x, 6, 3, groups=3, rank=2, seed=0, strides=(2, 2), name="g")
    model = keras.Model(inputs, x)
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    before = model.get_weights()
    x = np.random.default_rng(0).normal(size=(2, 5, 6, 6))
    model.train_on_batch(x, np.ones((2, 3, 3, 6)))
    pairs = zip(before, model.get_weights())
    assert not any(np.array_equal(*pair) for pair in pairs)


@pytest.mark.parametrize("shape", [(5, 6, 4), (4, 5, 6, 4)])
def test_named_layers_that_load_bit_equal(shape, tmp_path):
    model = network(shape, 8, groups=2, strides=(2,) * (len(shape) - 1))
    names = [layer.name for layer in model.layers[1:]]
    assert names == ["g_pad", "g_windows", "g", "g_joined"]
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", custom_objects={})
    x = np.random.default_rng(0).normal(size=(2, *shape)).astype("float32")
    assert np.array_equal(loaded.predict_on_batch(x), model.predict_on_batch(x))


def test_mixed_precision():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = network((4, 4, 4), 4, groups=2)
    finally:
        keras.config.set_dtype_policy(before)
    assert model.output.dtype == "bfloat16"


def test_groups_divide_the_channels():
    with pytest.raises(ValueError, match="Received: 4 channels, filters=6, groups=3"):
        network((4, 4, 4), 6, groups=3)
