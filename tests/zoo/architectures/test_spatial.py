import keras
import numpy as np
import pytest
from keras import ops

from zoo.architectures import spatial


def apply(layers, x):
    inputs = keras.Input(x.shape[1:])
    return ops.convert_to_numpy(keras.Model(inputs, layers(inputs))(x))


def ones_kernel(x, size, strides):
    """Sums over a window with `size // 2` zeros on both sides, voxel by voxel."""
    beside = size // 2
    padded = np.pad(x, [(0, 0), *[(beside, beside)] * (x.ndim - 2), (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(
        padded, (size,) * (x.ndim - 2), axis=tuple(range(1, x.ndim - 1))
    )
    sums = windows.sum(axis=tuple(range(x.ndim, windows.ndim))).sum(-1, keepdims=True)
    return sums[(slice(None), *(slice(None, None, s) for s in strides))]


@pytest.mark.parametrize(
    ("shape", "strides"),
    [((8, 7), (2, 2)), ((8, 7), (1, 2)), ((5, 8, 7), (1, 2, 2)), ((5, 4, 7), None)],
)
def test_convolution_pads_the_same_on_both_sides(shape, strides):
    x = np.random.default_rng(0).normal(size=(2, *shape, 3)).astype("float32")
    inputs = keras.Input(x.shape[1:])
    outputs = spatial.convolution(
        inputs, 1, 3, rank=len(shape), seed=0, name="c", strides=strides
    )
    model = keras.Model(inputs, outputs)
    kernel = model.get_layer("c").kernel
    kernel.assign(np.ones(kernel.shape))
    np.testing.assert_allclose(
        ops.convert_to_numpy(model(x)),
        ones_kernel(x, 3, strides or (1,) * len(shape)),
        atol=1e-4,
    )


def test_max_pooling_pads_where_told():
    x = np.arange(1, 6, dtype="float32").reshape(1, 1, 5, 1)
    found = apply(
        lambda t: spatial.max_pooling(
            t, (1, 3), rank=2, strides=(1, 2), padding=((0, 0), (1, 1)), name="p"
        ),
        x,
    )
    assert found.ravel().tolist() == [2, 4, 5]


def test_same_max_pooling_keeps_the_size_and_negative_values():
    x = -np.arange(1, 5, dtype="float32").reshape(1, 4, 1, 1)
    found = apply(lambda t: spatial.same_max_pooling(t, 3, rank=2, name="p"), x)
    assert found.ravel().tolist() == [-1, -1, -2, -3]


def test_average_pooling_takes_whole_windows():
    x = np.arange(8, dtype="float32").reshape(1, 8, 1, 1, 1)
    found = apply(
        lambda t: spatial.average_pooling(
            t, (5, 1, 1), rank=3, strides=(3, 3, 3), name="p"
        ),
        x,
    )
    assert found.ravel().tolist() == [2, 5]


def test_no_padding_no_layer():
    inputs = keras.Input((4, 4, 1))
    padded = spatial.zero_padding(inputs, ((0, 0), (0, 0)), rank=2, name="p")
    assert padded is inputs
