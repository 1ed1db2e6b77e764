"""Fits the first kernel of RGB weights to any number of input channels."""

import numpy as np


def adapt(kernel: np.ndarray, *, channels: int, order: str) -> np.ndarray:
    """The kernel for `channels` input channels.

    Three channels take the red, green and blue kernels in this order. Any other number
    takes the sum of the three, divided by `channels`, on every channel: a grey image
    repeated on all channels then gives what it gave on three.

    Args:
        kernel: `[*window, 3, F]`, input channels in the order `order`.
        channels: of the network's input.
        order: `"rgb"` or `"bgr"`.

    Returns:
        `[*window, channels, F]`.
    """
    if kernel.shape[-2] != 3:
        raise ValueError(
            f"expected a kernel over 3 input channels. Received: shape {kernel.shape}"
        )
    if channels == 3:
        return kernel[..., ::-1, :] if order == "bgr" else kernel
    grey = kernel.sum(axis=-2, keepdims=True) / channels
    return np.repeat(grey, channels, axis=-2)
