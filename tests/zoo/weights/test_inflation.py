"""A volume that is constant along depth, inflated weights, and the 2D response.

Padding effects are excluded by the edge: wherever the networks of rank 3 would put
zeros before and behind along depth, these tests repeat the outermost slice instead, so
that every map stays constant along depth. Height and width are padded as always, on
both ranks alike.
"""

import keras
import numpy as np
import pytest
from keras import ops

from zoo.architectures import cnn3d, inception, resnet, spatial
from zoo.weights import assign as assign_weights
from zoo.weights import inflation

Conv3D, ZeroPadding3D = keras.layers.Conv3D, keras.layers.ZeroPadding3D


def repeated(x, before, behind):
    """`[B, D, H, W, C]` with its outermost slices repeated along depth."""
    first, last = x[:, :1], x[:, -1:]
    return ops.concatenate([first] * before + [x] + [last] * behind, axis=1)


def padding_by_edge(padding, *, name):
    (before, behind), *plane = padding
    beside = ZeroPadding3D(((0, 0), *plane), name=name)
    return lambda x: beside(repeated(x, before, behind))


def convolution_by_edge(filters, kernel_size, *, padding, name, **settings):
    convolution = Conv3D(filters, kernel_size, padding="valid", name=name, **settings)
    if padding == "valid":
        return convolution
    half = kernel_size // 2
    pad = padding_by_edge(((half, half),) * 3, name=f"{name}_test_pad")
    return lambda x: convolution(pad(x))


@pytest.fixture
def edges(monkeypatch):
    monkeypatch.setitem(spatial._CONVOLUTION, 3, convolution_by_edge)
    monkeypatch.setitem(spatial._ZERO_PADDING, 3, padding_by_edge)


def randomised(model, seed=0):
    """Every weight drawn anew, so that no bias or mean is 0; variances are positive."""
    generator = np.random.default_rng(seed)
    for name, weight in assign_weights.by_name(model).items():
        array = ops.convert_to_numpy(weight)
        if name.endswith(("gamma", "variance")):
            array = generator.uniform(0.5, 1.5, weight.shape)
        elif not name.endswith("kernel"):
            array = generator.normal(0, 0.1, weight.shape)
        weight.assign(array.astype("float32"))
    return {
        n: ops.convert_to_numpy(w) for n, w in assign_weights.by_name(model).items()
    }


def responses(build, depth, *, divided=True):
    """Of the slice at rank 2, and of the volume made of it at rank 3."""
    flat = build((32, 32, 2), 2, 0)
    arrays = randomised(flat)
    deep = build((depth, 32, 32, 2), 3, 0)
    weights = assign_weights.by_name(deep)
    shapes = {name: tuple(weight.shape) for name, weight in weights.items()}
    inflated = inflation.inflate_all(arrays, shapes)
    if not divided:
        inflated = {
            name: array * (shapes[name][0] if array.ndim == 5 else 1)
            for name, array in inflated.items()
        }
    assign_weights.assign(weights, inflated, "the 2D network")
    x = np.random.default_rng(1).normal(size=(1, 32, 32, 2)).astype("float32")
    volume = np.repeat(x[:, None], depth, axis=1)
    return ops.convert_to_numpy(flat(x)), ops.convert_to_numpy(deep(volume))


NETWORKS = [
    pytest.param(cnn3d.build, 8, id="cnn3d"),
    pytest.param(inception.build, 32, id="inception"),
    pytest.param(resnet.build_18, 8, id="resnet18"),
    pytest.param(resnet.build_se_next_50, 8, id="se_resnext50", marks=pytest.mark.slow),
]


@pytest.mark.parametrize(("build", "depth"), NETWORKS)
def test_a_constant_volume_gives_the_response_of_its_slice(edges, build, depth):
    expected, found = responses(build, depth)
    assert expected.max() > 0.1
    tolerance = 1e-4 * max(1, expected.max())
    for place in range(found.shape[1]):
        np.testing.assert_allclose(found[:, place], expected, rtol=0, atol=tolerance)


def test_undivided_kernels_do_not(edges):
    expected, found = responses(cnn3d.build, 8, divided=False)
    assert np.abs(found[:, 0] - expected).max() > 0.1


def test_zeros_beyond_the_volume_do_change_it():
    """Why the tests above exclude them."""
    expected, found = responses(cnn3d.build, 8)
    assert np.abs(found[:, 0] - expected).max() > 0.01


def test_a_kernel_is_repeated_along_depth_and_divided():
    kernel = np.arange(3 * 3 * 2 * 4, dtype="float32").reshape(3, 3, 2, 4)
    found = inflation.inflate(kernel, (3, 3, 3, 2, 4))
    assert found.shape == (3, 3, 3, 2, 4)
    np.testing.assert_allclose(found.sum(axis=0), kernel, rtol=1e-6)
    np.testing.assert_array_equal(found[0], found[2])


def test_a_grouped_kernel_is_repeated_window_by_window():
    kernel = np.random.default_rng(0).normal(size=(2, 3 * 3 * 4, 5))
    found = inflation.inflate(kernel, (2, 3 * 3 * 3 * 4, 5))
    by_depth = found.reshape(2, 3, 36, 5)
    for depth in range(3):
        np.testing.assert_allclose(by_depth[:, depth], kernel / 3)


@pytest.mark.parametrize(
    ("shape", "wanted"), [((7,), (7,)), ((3, 3, 2, 4), (5, 3, 3, 3, 4)), ((7,), (8,))]
)
def test_what_does_not_fit_stays(shape, wanted):
    array = np.zeros(shape)
    assert inflation.inflate(array, wanted) is array
