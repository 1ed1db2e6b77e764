import numpy as np
import pytest
from scipy import ndimage, sparse

from pipelines.canonical.separable_resampling import (
    linear_weights,
    multiply,
    smoothing_matrix,
)


def test_weights_between_voxels():
    weights = linear_weights(np.array([0, 0.25, 2.0]), 3, 0)
    expected = [[1, 0, 0], [0.75, 0.25, 0], [0, 0, 1]]
    np.testing.assert_array_equal(weights.matrix.toarray(), expected)


def test_a_voxel_reaches_half_a_voxel_beyond_its_centre():
    weights = linear_weights(np.array([-0.6, -0.4, 2.4, 2.6]), 3, 0)
    assert weights.inside.tolist() == [False, True, True, False]
    expected = [[1, 0, 0], [1, 0, 0], [0, 0, 1], [0, 0, 1]]
    np.testing.assert_array_equal(weights.matrix.toarray(), expected)


def test_rounding_does_not_mix_voxels():
    weights = linear_weights(np.array([1 - 1e-9, 2 + 1e-9]), 4, 0)
    expected = [[0, 1, 0, 0], [0, 0, 1, 0]]
    np.testing.assert_array_equal(weights.matrix.toarray(), expected)


def test_an_axis_of_one_voxel():
    weights = linear_weights(np.array([-1.0, -0.3, 0.2]), 1, 2.0)
    assert weights.inside.tolist() == [False, True, True]
    np.testing.assert_allclose(weights.matrix.toarray(), 1)


@pytest.mark.parametrize("sigma", [0.5, 1.3, 4.0])
def test_smoothing_is_scipys_gaussian(sigma):
    signal = np.random.default_rng(0).random(13)
    expected = ndimage.gaussian_filter1d(
        signal, sigma, mode="nearest", radius=int(np.ceil(4 * sigma))
    )
    np.testing.assert_allclose(smoothing_matrix(13, sigma) @ signal, expected)


def test_smoothing_comes_before_interpolation():
    signal = np.random.default_rng(0).random(9)
    positions = np.array([1.3, 4.0, 6.9])
    weights = linear_weights(positions, 9, 0.8)
    expected = np.interp(positions, np.arange(9), smoothing_matrix(9, 0.8) @ signal)
    np.testing.assert_allclose(weights.matrix @ signal, expected)


@pytest.mark.parametrize("shape", [(3, 4, 5), (9, 4, 5)])
def test_multiply_takes_each_axis(shape):
    random = np.random.default_rng(0)
    voxels = random.integers(-900, 900, shape).astype(np.int16)
    dense = [
        random.random((2, shape[0])),
        np.eye(4)[[0, 2]],
        random.random((7, 5)),
    ]
    matrices = [sparse.csr_matrix(matrix) for matrix in dense]
    found = multiply(voxels, matrices, np.float32)
    assert found.dtype == np.float32
    expected = np.einsum("dhw,ad,bh,cw->abc", voxels, *dense)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-2)


def test_multiply_by_identities_copies():
    voxels = np.arange(60, dtype=np.int16).reshape(3, 4, 5)
    identities = [sparse.eye(size, format="csr") for size in voxels.shape]
    found = multiply(voxels, identities, np.float64)
    np.testing.assert_array_equal(found, voxels.astype(np.float64))
