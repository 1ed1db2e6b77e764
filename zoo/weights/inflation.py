"""Inflates weights of rank 2 to rank 3 (Carreira and Zisserman, CVPR 2017).

A kernel is repeated along depth and divided by its depth, so that a volume which is
constant along depth gives, where no padding reaches, what its slice gave in 2D.
"""

from collections.abc import Mapping

import numpy as np


def inflate_all(
    arrays: Mapping[str, np.ndarray], shapes: Mapping[str, tuple[int, ...]]
) -> dict[str, np.ndarray]:
    """Every array whose shape at rank 3 is another, inflated; the others as they are.

    Args:
        arrays: of the network of rank 2.
        shapes: of the weights of rank 3, by the same names.
    """
    return {
        name: inflate(array, shapes[name]) if name in shapes else array
        for name, array in arrays.items()
    }


def inflate(array: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """A weight of rank 2 in the shape that it has at rank 3.

    Args:
        array: a kernel `[height, width, in, out]`, one of a grouped convolution
            `[group, height * width * in, out]`, or a weight without a window.
        shape: of the weight at rank 3, `[depth, height, width, in, out]` and `[group,
            depth * height * width * in, out]`.

    Returns:
        The array in `shape`; unchanged where it can't be brought into it.
    """
    if array.shape == shape:
        return array
    if shape[1:] == array.shape:
        return np.repeat(array[None], shape[0], axis=0) / shape[0]
    grouped = array.ndim == len(shape) == 3 and (
        array.shape[0] == shape[0] and array.shape[2] == shape[2]
    )
    if grouped and shape[1] % array.shape[1] == 0:
        depth = shape[1] // array.shape[1]
        return np.tile(array, (1, depth, 1)) / depth
    return array
