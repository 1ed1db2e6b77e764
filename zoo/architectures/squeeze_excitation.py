"""Squeeze and excitation: channels weighed by what the whole map says (Hu et al.)."""

import keras

from zoo.architectures.initialisation import glorot, he

_GLOBAL_POOLING = {
    2: keras.layers.GlobalAveragePooling2D,
    3: keras.layers.GlobalAveragePooling3D,
}


def squeeze_excitation(
    x: keras.KerasTensor, *, reduction: int, rank: int, seed: int, name: str
) -> keras.KerasTensor:
    """Multiplies every channel by a gate in (0, 1) (Hu et al., CVPR 2018, figure 3).

    The mean over space goes through a dense layer to `C / reduction` with ReLU, and one
    back to `C` with a sigmoid. Dense layers act on the last axis alone, so the weights
    are the same at either rank.

    Args:
        x: `[B, *spatial, C]`.

    Returns:
        As `x`.
    """
    channels = x.shape[-1]
    y = _GLOBAL_POOLING[rank](keepdims=True, name=f"{name}_pooling")(x)
    squeeze, excitation = f"{name}_squeeze", f"{name}_excitation"
    y = keras.layers.Dense(
        channels // reduction,
        activation="relu",
        kernel_initializer=he(seed, squeeze),
        name=squeeze,
    )(y)
    y = keras.layers.Dense(
        channels,
        activation="sigmoid",
        kernel_initializer=glorot(seed, excitation),
        name=excitation,
    )(y)
    return keras.layers.Multiply(name=f"{name}_gated")([x, y])
