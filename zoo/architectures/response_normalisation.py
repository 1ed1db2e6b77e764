"""Local response normalisation across channels (Krizhevsky et al., 2012)."""

import keras
import numpy as np
from keras import ops


def response_normalisation(
    x: keras.KerasTensor,
    *,
    name: str,
    size: int = 5,
    alpha: float = 1e-4,
    k: float = 1.0,
) -> keras.KerasTensor:
    """`x / (k + alpha / size * sum of x^2 over size neighbouring channels) ^ 0.75`.

    Channels beyond the first and the last count as 0. `alpha` is Caffe's, divided by
    `size`; TensorFlow's own parameter is what is left after that division. Computed in
    float32, because squares of GoogLeNet's activations overflow float16.

    The sum is a convolution along the channels with a kernel of ones and the power two
    roots: with gradients an eighth of the time of shifted slices and `power` on a CPU.

    Args:
        x: `[B, *spatial, C]`.
        name: of the nested model that the operations make up, one layer to outside.
        size: odd.

    Returns:
        `[B, *spatial, C]`.
    """
    inputs = keras.Input(x.shape[1:], dtype=x.dtype, name=f"{name}_input")
    values = ops.cast(inputs, "float32")
    by_voxel = ops.reshape(ops.square(values), (-1, x.shape[-1], 1))
    ones = np.ones((size, 1, 1), "float32")
    total = ops.conv(by_voxel, ones, padding="same", data_format="channels_last")
    total = ops.reshape(total, (-1, *x.shape[1:]))
    root = ops.rsqrt(total * (alpha / size) + k)
    outputs = ops.cast(values * root * ops.sqrt(root), x.dtype)
    return keras.Model(inputs, outputs, name=name)(x)
