"""Smoothing and linear interpolation along the axes, each as one sparse matrix.

Where an image's axes are the grid's, resampling falls into three products, ten times
faster than interpolating point by point (`sitk.Resample` is the oracle in the tests).
Sparse products add in one order on one thread, so results are equal to the bit.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import sparse

WHOLE = 1e-3  # of a voxel: positions nearer to a voxel's centre are on it


@dataclass(frozen=True, kw_only=True, eq=False)
class AxisWeights:
    """What one axis of the target is made of.

    Args:
        matrix: sparse `[target, source]`, rows add up to 1.
        inside: bool `[target]`, false where the source shows nothing: more than half
            a voxel beyond its outermost centres.
    """

    matrix: sparse.csr_matrix
    inside: np.ndarray


def linear_weights(positions: np.ndarray, size: int, sigma: float) -> AxisWeights:
    """Weights of Gaussian smoothing followed by linear interpolation.

    Args:
        positions: `[target]`, in voxels of the source, its first centre at 0.
        size: voxels of the source.
        sigma: of the Gaussian, in voxels of the source; 0 = none.
    """
    whole = np.rint(positions)
    positions = np.where(np.abs(positions - whole) < WHOLE, whole, positions)
    clipped = np.clip(positions, 0, size - 1)
    lower = np.floor(clipped).astype(int)
    share = clipped - lower
    matrix = _rows_of(
        np.stack([1 - share, share], axis=1),
        np.stack([lower, np.minimum(lower + 1, size - 1)], axis=1),
        size,
    )
    if sigma > 0:
        matrix = matrix @ smoothing_matrix(size, sigma)
    matrix.eliminate_zeros()
    return AxisWeights(
        matrix=matrix, inside=(positions >= -0.5) & (positions <= size - 0.5)
    )


def smoothing_matrix(size: int, sigma: float) -> sparse.csr_matrix:
    """Sparse `[size, size]`: a Gaussian sampled to 4 sigma, edge voxels repeated."""
    reach = math.ceil(4 * sigma)
    offsets = np.arange(-reach, reach + 1)
    kernel = np.exp(-0.5 * (offsets / sigma) ** 2)
    columns = np.clip(np.arange(size)[:, np.newaxis] + offsets, 0, size - 1)
    return _rows_of(np.tile(kernel / kernel.sum(), (size, 1)), columns, size)


def _rows_of(weights: np.ndarray, columns: np.ndarray, size: int) -> sparse.csr_matrix:
    """A sparse matrix `[N, size]` from K weights a row and their columns: `[N, K]`."""
    ends = np.arange(len(weights) + 1) * weights.shape[1]
    matrix = sparse.csr_matrix(
        (weights.ravel(), columns.ravel(), ends), shape=(len(weights), size)
    )
    matrix.sum_duplicates()
    return matrix


def multiply(
    voxels: np.ndarray, matrices: list[sparse.csr_matrix], kind: type[np.floating]
) -> np.ndarray:
    """Applies matrix `a` along axis `a`.

    Args:
        voxels: `[D, H, W]`.
        matrices: for D, H, W: `[target, source]`.
        kind: the type to compute in.

    Returns:
        Of type `kind`, `[target D, target H, target W]`.
    """
    depth, rows, columns = (matrix.astype(kind) for matrix in matrices)
    if depth.shape[0] * 2 < depth.shape[1]:  # what is dropped need not be turned
        return _in_plane(_along_depth(voxels.astype(kind), depth), rows, columns)
    return _along_depth(_in_plane(voxels, rows, columns), depth)


def _along_depth(voxels: np.ndarray, matrix: sparse.csr_matrix) -> np.ndarray:
    if _is_identity(matrix):
        return voxels
    return (matrix @ voxels.reshape(len(voxels), -1)).reshape(-1, *voxels.shape[1:])


def _in_plane(
    voxels: np.ndarray, rows: sparse.csr_matrix, columns: sparse.csr_matrix
) -> np.ndarray:
    """Both axes of one slice after the other: what fits the cache is turned around
    several times faster than a whole volume."""
    shape = (len(voxels), rows.shape[0], columns.shape[0])
    result = np.empty(shape, rows.dtype)
    keep_rows, keep_columns = _is_identity(rows), _is_identity(columns)
    for image, resampled in zip(voxels, result):
        image = image.astype(rows.dtype)
        image = image if keep_rows else rows @ image
        resampled[...] = (
            image if keep_columns else (columns @ np.ascontiguousarray(image.T)).T
        )
    return result


def _is_identity(matrix: sparse.csr_matrix) -> bool:
    size, source = matrix.shape
    return (
        size == source == matrix.nnz
        and np.array_equal(matrix.indices, np.arange(size))
        and bool(np.all(matrix.data == 1))
    )
