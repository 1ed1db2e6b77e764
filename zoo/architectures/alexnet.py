"""AlexNet in the form of Krizhevsky (2014), as torchvision has it."""

from functools import partial

import keras

from zoo.architectures.spatial import convolution, max_pooling

# Filters, kernel, stride, zeros on every side, whether a maximum pooling follows.
LAYERS = (
    (64, 11, 4, 2, True),
    (192, 5, 1, 2, True),
    (384, 3, 1, 1, False),
    (256, 3, 1, 1, False),
    (256, 3, 1, 1, True),
)


def build(input_shape: tuple[int, ...], rank: int, seed: int) -> keras.Model:
    """AlexNet's convolutions: one column, without response normalisation.

    Weights are drawn as He et al. (2015) say and biases start at 0. At rank 3 every
    window becomes a cube. The dense layers fc6 and fc7 of 4096 units belong to a head;
    they see the flattened `[6, 6, 256]` that 224 x 224 pixels give.

    Args:
        input_shape: `(*spatial, C)`, `rank` spatial sizes, each at least 63.
        rank: 2 or 3.
        seed: of the initial weights.

    Returns:
        A model from `[B, *spatial, C]` to `[B, *spatial', 256]`. The first convolution
        gives `floor((n - 7) / 4) + 1` voxels of n, each of the three poolings
        `floor((n - 3) / 2) + 1`: 224 gives 6, 128 gives 3, 63 to 94 give 1.
    """
    convolve = partial(convolution, rank=rank, seed=seed, activation="relu")
    inputs = keras.Input(input_shape, name="pixels")
    x = inputs
    for number, (filters, kernel, stride, beside, pooled) in enumerate(LAYERS, start=1):
        x = convolve(
            x,
            filters,
            kernel,
            strides=(stride,) * rank,
            beside=beside,
            name=f"convolution{number}",
        )
        if pooled:
            x = max_pooling(
                x,
                (3,) * rank,
                rank=rank,
                strides=(2,) * rank,
                padding=((0, 0),) * rank,
                name=f"pooling{number}",
            )
    return keras.Model(inputs, x, name="alexnet")
