"""Grouped convolution out of layers that train and serve everywhere.

Keras' `groups > 1` is compiled by XLA on TensorFlow, and TensorFlow Serving has no XLA.
Here the windows are gathered, and each group multiplies its own by a matrix.
"""

import keras
from keras import ops

from zoo.architectures.initialisation import he_of
from zoo.architectures.spatial import zero_padding


def grouped_convolution(
    x: keras.KerasTensor,
    filters: int,
    kernel_size: int,
    *,
    groups: int,
    rank: int,
    seed: int,
    strides: tuple[int, ...],
    name: str,
) -> keras.KerasTensor:
    """Convolution of each group of channels by itself, without bias.

    The kernel has an odd size, `kernel_size // 2` zeros stand on every side. The
    layer `name` holds it as `[groups, window * C / groups, filters / groups]`, the
    window's voxels in the order depth, height, width and the channels within them.

    The groups go to the front and the windows are gathered axis by axis with splits,
    whose gradient is a concatenation: with strided slices in their place, forward and
    backward together take three to five times as long on a CPU.

    Args:
        x: `[B, *spatial, C]`, `C` and `filters` multiples of `groups`.
        strides: per spatial axis, at most `kernel_size`.

    Returns:
        `[B, *ceil(spatial / strides), filters]`.
    """
    if x.shape[-1] % groups or filters % groups:
        raise ValueError(
            f"channels and filters are multiples of the groups. Received: "
            f"{x.shape[-1]} channels, filters={filters}, groups={groups}"
        )
    sizes = tuple(-(-n // stride) for n, stride in zip(x.shape[1:-1], strides))
    held = tuple((n + (kernel_size - 1) // s) * s for n, s in zip(sizes, strides))
    before = kernel_size // 2
    padding = tuple((before, m - n - before) for m, n in zip(held, x.shape[1:-1]))
    x = zero_padding(x, padding, rank=rank, name=f"{name}_pad")
    x = _windows(x, kernel_size, groups, sizes, strides, f"{name}_windows")
    axes = "dhw"[-rank:]
    x = keras.layers.EinsumDense(
        f"gb{axes}i,gio->gb{axes}o",
        (None, *sizes, filters // groups),
        kernel_initializer=he_of(seed, name, x.shape[-1]),
        name=name,
    )(x)
    return _joined(x, f"{name}_joined")


def _windows(
    x: keras.KerasTensor,
    kernel_size: int,
    groups: int,
    sizes: tuple[int, ...],
    strides: tuple[int, ...],
    name: str,
) -> keras.KerasTensor:
    """`[B, *held, C]` to `[groups, B, *sizes, window * C / groups]`, one layer."""
    rank = len(sizes)
    inputs = keras.Input(x.shape[1:], dtype=x.dtype, name=f"{name}_input")
    channels = x.shape[-1] // groups
    y = ops.reshape(inputs, (-1, *x.shape[1:-1], groups, channels))
    y = ops.transpose(y, (rank + 1, *range(rank + 1), rank + 2))
    for i in reversed(range(rank)):
        phases = _phases(y, i + 2, strides[i])
        shifted = []
        for offset in range(kernel_size):
            first, phase = divmod(offset, strides[i])
            parts = ops.split(phases[phase], [first, first + sizes[i]], axis=i + 2)
            shifted.append(parts[1])
        y = ops.concatenate(shifted, axis=-1)
    return keras.Model(inputs, y, name=name)(x)


def _phases(x: keras.KerasTensor, axis: int, stride: int) -> list[keras.KerasTensor]:
    """Every `stride`-th voxel along an axis from 0 on, from 1 on, and so on."""
    if stride == 1:
        return [x]
    groups, _, *sizes = x.shape
    sizes[axis - 2 : axis - 1] = [x.shape[axis] // stride, stride]
    return ops.unstack(ops.reshape(x, (groups, -1, *sizes)), axis=axis + 1)


def _joined(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    """`[groups, B, *sizes, F]` to `[B, *sizes, groups * F]`, one layer."""
    rank = len(x.shape) - 3
    inputs = keras.Input(batch_shape=x.shape, dtype=x.dtype, name=f"{name}_input")
    y = ops.transpose(inputs, (*range(1, rank + 2), 0, rank + 2))
    y = ops.reshape(y, (-1, *x.shape[2:-1], x.shape[0] * x.shape[-1]))
    return keras.Model(inputs, y, name=name)(x)
