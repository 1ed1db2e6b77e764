"""ConvNeXt (Liu et al., 2022), of built-in layers that any server can run.

`keras.applications` writes the depthwise convolution as one of as many groups as
channels, which needs XLA, and the layer scale as a class of its own, which a fresh
process does not know. Here both are `DepthwiseConv2D`: the same numbers, the same
number of weights, in the same order.
"""

import keras
import numpy as np

from zoo.architectures.initialisation import layer_seed

STAGES_TINY = ((96, 3), (192, 3), (384, 9), (768, 3))  # channels, blocks

_EPSILON = 1e-6  # of every layer normalisation
_LAYER_SCALE = 1e-6  # at first every block is all but the identity
_DEVIATION = 0.02  # of the initial weights


def build_tiny(input_shape: tuple[int, ...], rank: int, seed: int) -> keras.Model:
    """ConvNeXt-Tiny feature extractor, layer by layer that of `keras.applications`.

    As there, the map's channels are normalised at every place and only then pooled;
    the network of the paper pools first and normalises the pooled features, with the
    same weights. There is no stochastic depth. Weights are drawn as in the paper's
    appendix A, from a truncated normal of deviation 0.02, biases 0.

    Args:
        input_shape: `(H, W, C)`, H and W at least 32.
        rank: 2.
        seed: of the initial weights.

    Returns:
        A model from `[B, H, W, C]` to `[B, floor(H / 32), floor(W / 32), 768]`.
    """
    if rank != 2:
        raise ValueError(f"ConvNeXt is a network of rank 2. Received: rank={rank}")
    inputs = keras.Input(input_shape, name="pixels")
    x = inputs
    for stage, (channels, blocks) in enumerate(STAGES_TINY):
        if stage == 0:
            x = _patches(x, channels, 4, seed=seed, name="stem_conv")
            x = _normalisation(x, name="stem_layernorm")
        else:
            x = _normalisation(x, name=f"downsampling_layernorm_{stage - 1}")
            name = f"downsampling_conv_{stage - 1}"
            x = _patches(x, channels, 2, seed=seed, name=name)
        for block in range(blocks):
            x = _block(x, channels, seed=seed, name=f"stage_{stage}_block_{block}")
    x = _normalisation(x, name="layer_normalization")
    return keras.Model(inputs, x, name="convnext_tiny")


def as_depthwise(array: np.ndarray) -> np.ndarray:
    """A weight of `keras.applications`' ConvNeXt as a `DepthwiseConv2D` holds it.

    Args:
        array: `[h, w, 1, C]`, kernel of a convolution of C groups; or `[C]`, layer
            scale.

    Returns:
        `[h, w, C, 1]`, or `[1, 1, C, 1]`.

    Raises:
        ValueError: another shape.
    """
    if array.ndim == 4 and array.shape[2] == 1:
        return array.transpose(0, 1, 3, 2)
    if array.ndim == 1:
        return array.reshape(1, 1, -1, 1)
    raise ValueError(
        "expected a kernel [h, w, 1, C] or a layer scale [C]. "
        f"Received: shape {array.shape}"
    )


def _block(
    x: keras.KerasTensor, channels: int, *, seed: int, name: str
) -> keras.KerasTensor:
    """Depthwise 7x7, then a network of two dense layers at every place, and a bypass.

    Args:
        x: `[B, H, W, channels]`; so is the result.
    """
    bypass = x
    x = keras.layers.DepthwiseConv2D(
        7,
        padding="same",
        depthwise_initializer=_initialiser(seed, f"{name}_depthwise_conv"),
        name=f"{name}_depthwise_conv",
    )(x)
    x = _normalisation(x, name=f"{name}_layernorm")
    for number, units in ((1, 4 * channels), (2, channels)):
        dense = f"{name}_pointwise_conv_{number}"
        x = keras.layers.Dense(
            units, kernel_initializer=_initialiser(seed, dense), name=dense
        )(x)
        if number == 1:
            x = keras.layers.Activation("gelu", name=f"{name}_gelu")(x)
    x = keras.layers.DepthwiseConv2D(
        1,
        use_bias=False,
        depthwise_initializer=keras.initializers.Constant(_LAYER_SCALE),
        name=f"{name}_layer_scale",
    )(x)
    return keras.layers.Add(name=f"{name}_sum")([bypass, x])


def _patches(
    x: keras.KerasTensor, channels: int, size: int, *, seed: int, name: str
) -> keras.KerasTensor:
    """Convolution of patches that touch; what is left over at the end is dropped."""
    return keras.layers.Conv2D(
        channels,
        size,
        strides=size,
        kernel_initializer=_initialiser(seed, name),
        name=name,
    )(x)


def _normalisation(x: keras.KerasTensor, *, name: str) -> keras.KerasTensor:
    """Over the channels of every place."""
    return keras.layers.LayerNormalization(epsilon=_EPSILON, name=name)(x)


def _initialiser(seed: int, name: str) -> keras.initializers.Initializer:
    return keras.initializers.TruncatedNormal(
        stddev=_DEVIATION, seed=layer_seed(seed, name)
    )
