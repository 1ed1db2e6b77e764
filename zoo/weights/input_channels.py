"""Fits the first kernel of RGB weights to any number of input channels."""

import keras
import numpy as np

from zoo.architectures.architecture import InputConvention


def adapt(
    kernel: np.ndarray, *, channels: int, convention: InputConvention
) -> np.ndarray:
    """The kernel for `channels` input channels.

    Three channels take the red, green and blue kernels in this order. Any other number
    takes on every channel the sum of the three, divided by `channels`: a grey image
    repeated on all channels then gives what it gave on three.

    The three had a deviation each, the channels share their mean (see
    `zoo.classifier.input_pixels`), so each kernel counts `shared / own` in the sum.
    After z-scores the responses are then the same. After `percentile` and `equalise`,
    which also subtract a mean, each filter's response differs by what no image changes,
    the sum over window and colours of `kernel * (own mean - shared mean) / own
    deviation` (at the borders of the part of the window that lies inside).

    Args:
        kernel: `[*window, 3, F]`, input channels in the convention's order.
        channels: of the network's input.

    Returns:
        `[*window, channels, F]`.
    """
    if kernel.shape[-2] != 3:
        raise ValueError(
            f"expected a kernel over 3 input channels. Received: shape {kernel.shape}"
        )
    if channels == 3:
        return kernel[..., ::-1, :] if convention.order == "bgr" else kernel
    grey = np.einsum("...cf,c->...f", kernel, _share(convention)) / channels
    return np.repeat(grey[..., None, :], channels, axis=-2).astype(kernel.dtype)


def layer_name(backbone: keras.Model) -> str:
    """The layer whose kernel meets the input channels: the first that has a kernel."""
    return next(
        layer.name
        for layer in backbone.layers
        if any(weight.name == "kernel" for weight in layer.weights)
    )


def _share(convention: InputConvention) -> np.ndarray:
    """The shared deviation over each colour's own, `[3]`."""
    deviation = np.array(convention.deviation)
    return deviation.mean() / deviation
