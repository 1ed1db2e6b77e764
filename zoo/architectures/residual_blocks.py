"""The blocks of residual networks: a shortcut, and what is learned beside it."""

from functools import partial

import keras

from zoo.architectures.grouped import grouped_convolution
from zoo.architectures.spatial import convolution
from zoo.architectures.squeeze_excitation import squeeze_excitation

EXPANSION = 4  # a bottleneck puts out this many times its filters


def basic_block(
    x: keras.KerasTensor,
    filters: int,
    *,
    rank: int,
    seed: int,
    strides: tuple[int, ...],
    name: str,
) -> keras.KerasTensor:
    """Two 3x3 convolutions and the shortcut around them (He et al., 2016, figure 5).

    Returns:
        `[B, *ceil(spatial / strides), filters]`.
    """
    convolve = partial(convolution_normalisation, rank=rank, seed=seed)
    shortcut = _shortcut(x, filters, rank=rank, seed=seed, strides=strides, name=name)
    x = convolve(x, filters, 3, strides=strides, name=f"{name}_1")
    x = keras.layers.ReLU(name=f"{name}_1_relu")(x)
    x = convolve(x, filters, 3, strides=(1,) * rank, name=f"{name}_2")
    return _sum(shortcut, x, name)


def bottleneck(
    x: keras.KerasTensor,
    filters: int,
    *,
    rank: int,
    seed: int,
    strides: tuple[int, ...],
    name: str,
    groups: int = 1,
    widening: int = 1,
    reduction: int | None = None,
) -> keras.KerasTensor:
    """1x1, 3x3 and 1x1 convolution and the shortcut around them.

    The 3x3 convolution is the one with the stride, as in torchvision and timm; He et
    al. (2016) have it in the first 1x1.

    Args:
        groups: of the 3x3 convolution (Xie et al., CVPR 2017).
        widening: the first two convolutions have this many times `filters`.
        reduction: of squeeze and excitation before the sum; none = without it.

    Returns:
        `[B, *ceil(spatial / strides), 4 * filters]`.
    """
    convolve = partial(convolution_normalisation, rank=rank, seed=seed)
    once = (1,) * rank
    width = widening * filters
    shortcut = _shortcut(
        x, EXPANSION * filters, rank=rank, seed=seed, strides=strides, name=name
    )
    x = convolve(x, width, 1, strides=once, name=f"{name}_1")
    x = keras.layers.ReLU(name=f"{name}_1_relu")(x)
    x = convolve(x, width, 3, strides=strides, groups=groups, name=f"{name}_2")
    x = keras.layers.ReLU(name=f"{name}_2_relu")(x)
    x = convolve(x, EXPANSION * filters, 1, strides=once, name=f"{name}_3")
    if reduction is not None:
        x = squeeze_excitation(x, reduction=reduction, rank=rank, seed=seed, name=name)
    return _sum(shortcut, x, name)


def convolution_normalisation(
    x: keras.KerasTensor,
    filters: int,
    kernel_size: int,
    *,
    rank: int,
    seed: int,
    strides: tuple[int, ...],
    name: str,
    groups: int = 1,
) -> keras.KerasTensor:
    """Convolution without bias, then batch normalisation as torchvision has it."""
    if groups > 1:
        convolve = partial(grouped_convolution, groups=groups)
    else:
        convolve = partial(convolution, use_bias=False)
    x = convolve(
        x,
        filters,
        kernel_size,
        rank=rank,
        seed=seed,
        strides=strides,
        name=f"{name}_convolution",
    )
    return keras.layers.BatchNormalization(
        momentum=0.9, epsilon=1e-5, name=f"{name}_normalisation"
    )(x)


def _shortcut(
    x: keras.KerasTensor,
    filters: int,
    *,
    rank: int,
    seed: int,
    strides: tuple[int, ...],
    name: str,
) -> keras.KerasTensor:
    """The input itself; where the block changes its shape, a 1x1 convolution of it."""
    if max(strides) == 1 and x.shape[-1] == filters:
        return x
    return convolution_normalisation(
        x, filters, 1, rank=rank, seed=seed, strides=strides, name=f"{name}_shortcut"
    )


def _sum(
    shortcut: keras.KerasTensor, x: keras.KerasTensor, name: str
) -> keras.KerasTensor:
    x = keras.layers.Add(name=f"{name}_sum")([shortcut, x])
    return keras.layers.ReLU(name=f"{name}_output")(x)
