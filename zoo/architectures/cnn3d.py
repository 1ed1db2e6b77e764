"""A small network of three convolutions, each with a pooling behind it."""

import keras

from zoo.architectures.spatial import convolution, max_pooling

FILTERS = (32, 64, 128)


def build(input_shape: tuple[int, ...], rank: int, seed: int) -> keras.Model:
    """Three times convolution (3), batch normalisation, ReLU, maximum pooling (2).

    The layout of the 3D CNN of Fan et al. (2022), who count three convolution, three
    pooling and two dense layers (the dense ones belong to the head) and state neither
    filters nor normalisation: those are ours.

    Args:
        input_shape: `(*spatial, C)`, `rank` spatial sizes, each at least 8.
        rank: 2 or 3.
        seed: of the initial weights.

    Returns:
        A model from `[B, *spatial, C]` to `[B, *floor(spatial / 8), 128]`.
    """
    inputs = keras.Input(input_shape, name="voxels")
    x = inputs
    for number, filters in enumerate(FILTERS, start=1):
        x = convolution(
            x,
            filters,
            3,
            rank=rank,
            seed=seed,
            use_bias=False,
            name=f"convolution{number}",
        )
        x = keras.layers.BatchNormalization(
            momentum=0.9, epsilon=1e-5, name=f"normalisation{number}"
        )(x)
        x = keras.layers.ReLU(name=f"relu{number}")(x)
        x = max_pooling(
            x,
            (2,) * rank,
            rank=rank,
            strides=(2,) * rank,
            padding=((0, 0),) * rank,
            name=f"pooling{number}",
        )
    return keras.Model(inputs, x, name="cnn3d")
