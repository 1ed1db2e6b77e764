"""Convolution and pooling at rank 2 or 3, padded as Caffe and PyTorch pad.

Keras' `padding="same"` puts the odd voxel behind the data where the stride is 2; the
published weights were trained with the same number on both sides.
"""

import keras

from zoo.architectures.initialisation import he

_CONVOLUTION = {2: keras.layers.Conv2D, 3: keras.layers.Conv3D}
_MAX_POOLING = {2: keras.layers.MaxPooling2D, 3: keras.layers.MaxPooling3D}
_AVERAGE_POOLING = {2: keras.layers.AveragePooling2D, 3: keras.layers.AveragePooling3D}
_ZERO_PADDING = {2: keras.layers.ZeroPadding2D, 3: keras.layers.ZeroPadding3D}

Padding = tuple[tuple[int, int], ...]


def convolution(
    x: keras.KerasTensor,
    filters: int,
    kernel_size: int,
    *,
    rank: int,
    seed: int,
    name: str,
    strides: tuple[int, ...] | None = None,
    beside: int | None = None,
    use_bias: bool = True,
    activation: str | None = None,
) -> keras.KerasTensor:
    """Convolution with an odd kernel and as many zeros on one side as on the other.

    Args:
        x: `[B, *spatial, C]`.
        strides: per spatial axis; none = 1.
        beside: zeros on every side; none = `kernel_size // 2`.

    Returns:
        `[B, *floor((spatial + 2 * beside - kernel_size) / strides) + 1, filters]`,
        that is `ceil(spatial / strides)` where `beside` is not given.
    """
    strides = strides or (1,) * rank
    beside = kernel_size // 2 if beside is None else beside
    padding = "same"
    if max(strides) > 1 or beside != kernel_size // 2:
        x = zero_padding(x, ((beside, beside),) * rank, rank=rank, name=f"{name}_pad")
        padding = "valid"
    return _CONVOLUTION[rank](
        filters,
        kernel_size,
        strides=strides,
        padding=padding,
        use_bias=use_bias,
        activation=activation,
        kernel_initializer=he(seed, name),
        name=name,
    )(x)


def zero_padding(
    x: keras.KerasTensor, padding: Padding, *, rank: int, name: str
) -> keras.KerasTensor:
    """Zeros before and after along each spatial axis; none to add, no layer."""
    if not any(sum(beside) for beside in padding):
        return x
    return _ZERO_PADDING[rank](padding, name=name)(x)


def max_pooling(
    x: keras.KerasTensor,
    window: tuple[int, ...],
    *,
    rank: int,
    strides: tuple[int, ...],
    padding: Padding,
    name: str,
) -> keras.KerasTensor:
    """Maximum over windows of values that are not negative (what comes from a ReLU).

    For such values the zeros of `padding` can never exceed the data.

    Args:
        x: `[B, *spatial, C]`, at least 0.
        window, strides: per spatial axis.
        padding: zeros before and after, per spatial axis.
    """
    x = zero_padding(x, padding, rank=rank, name=f"{name}_pad")
    return _MAX_POOLING[rank](window, strides=strides, name=name)(x)


def same_max_pooling(
    x: keras.KerasTensor, window: int, *, rank: int, name: str
) -> keras.KerasTensor:
    """Maximum over an odd window around every voxel; the size stays."""
    return _MAX_POOLING[rank](window, strides=1, padding="same", name=name)(x)


def average_pooling(
    x: keras.KerasTensor,
    window: tuple[int, ...],
    *,
    rank: int,
    strides: tuple[int, ...],
    name: str,
) -> keras.KerasTensor:
    """Mean over the windows that lie wholly inside."""
    return _AVERAGE_POOLING[rank](window, strides=strides, name=name)(x)
