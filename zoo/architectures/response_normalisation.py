"""Local response normalisation across channels (Krizhevsky et al., 2012)."""

import keras
from keras import ops


def response_normalisation(
    x: keras.KerasTensor,
    *,
    name: str,
    size: int = 5,
    alpha: float = 1e-4,
    beta: float = 0.75,
    k: float = 1.0,
) -> keras.KerasTensor:
    """`x / (k + alpha / size * sum of x^2 over size neighbouring channels) ^ beta`.

    Channels beyond the first and the last count as 0. `alpha` is Caffe's, divided by
    `size`; TensorFlow's own parameter is what is left after that division. Computed in
    float32, because squares of GoogLeNet's activations overflow float16.

    Args:
        x: `[B, *spatial, C]`.
        name: of the nested model that the operations make up, one layer to outside.

    Returns:
        `[B, *spatial, C]`.
    """
    inputs = keras.Input(x.shape[1:], dtype=x.dtype, name=f"{name}_input")
    values = ops.cast(inputs, "float32")
    channels = x.shape[-1]
    beside = size // 2
    padding = [(0, 0)] * (len(x.shape) - 1) + [(beside, beside)]
    squares = ops.pad(ops.square(values), padding)
    total = squares[..., :channels]
    for start in range(1, size):
        total = total + squares[..., start : start + channels]
    scale = ops.power(total * (alpha / size) + k, -beta)
    outputs = ops.cast(values * scale, x.dtype)
    return keras.Model(inputs, outputs, name=name)(x)
