"""Inception v1, GoogLeNet (Szegedy et al., 2015), as BVLC's Caffe model has it.

The published weights want Caffe's ways: as many zeros before as behind, maximum pooling
that rounds sizes up, response normalisation after the first pooling but before the
second.
"""

from functools import partial

import keras

from zoo.architectures.response_normalisation import response_normalisation
from zoo.architectures.spatial import convolution, max_pooling, same_max_pooling

# Filters: 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool projection.
STAGES = {
    "3": {
        "3a": (64, 96, 128, 16, 32, 32),
        "3b": (128, 128, 192, 32, 96, 64),
    },
    "4": {
        "4a": (192, 96, 208, 16, 48, 64),
        "4b": (160, 112, 224, 24, 64, 64),
        "4c": (128, 128, 256, 24, 64, 64),
        "4d": (112, 144, 288, 32, 64, 64),
        "4e": (256, 160, 320, 32, 128, 128),
    },
    "5": {
        "5a": (256, 160, 320, 32, 128, 128),
        "5b": (384, 192, 384, 48, 128, 128),
    },
}


def build(input_shape: tuple[int, ...], rank: int, seed: int) -> keras.Model:
    """GoogLeNet feature extractor.

    It has no batch normalisation; weights are drawn as He et al. (2015) say and biases
    start at 0. At rank 3 every window becomes a cube.

    Args:
        input_shape: `(*spatial, C)`, `rank` spatial sizes, each at least 32.
        rank: 2 or 3.
        seed: of the initial weights.

    Returns:
        A model from `[B, *spatial, C]` to `[B, *spatial / 32, 1024]`; the stem rounds
        sizes up, each pooling down (224 gives 7, 96 gives 3, 75 gives 2).
        `inception_4a_output` and `inception_4d_output`, `[B, *spatial / 16, 512 and
        528]`, are what the paper's auxiliary heads look at.
    """
    convolve = partial(convolution, rank=rank, seed=seed, activation="relu")
    inputs = keras.Input(input_shape, name="pixels")
    x = convolve(inputs, 64, 7, strides=(2,) * rank, name="conv1_7x7_s2")
    x = _ceil_pooling(x, rank=rank, name="pool1_3x3_s2")
    x = response_normalisation(x, name="pool1_norm1")
    x = convolve(x, 64, 1, name="conv2_3x3_reduce")
    x = convolve(x, 192, 3, name="conv2_3x3")
    x = response_normalisation(x, name="conv2_norm2")
    x = _ceil_pooling(x, rank=rank, name="pool2_3x3_s2")
    for stage, modules in STAGES.items():
        if stage != "3":
            before = int(stage) - 1
            x = _ceil_pooling(x, rank=rank, name=f"pool{before}_3x3_s2")
        for module, filters in modules.items():
            x = _inception(x, filters, rank=rank, seed=seed, name=f"inception_{module}")
    return keras.Model(inputs, x, name="inception")


def _inception(
    x: keras.KerasTensor,
    filters: tuple[int, int, int, int, int, int],
    *,
    rank: int,
    seed: int,
    name: str,
) -> keras.KerasTensor:
    """Four branches side by side, joined along the channels."""
    convolve = partial(convolution, rank=rank, seed=seed, activation="relu")
    direct, reduce_3, wide_3, reduce_5, wide_5, projection = filters
    branch_1 = convolve(x, direct, 1, name=f"{name}_1x1")
    branch_3 = convolve(x, reduce_3, 1, name=f"{name}_3x3_reduce")
    branch_3 = convolve(branch_3, wide_3, 3, name=f"{name}_3x3")
    branch_5 = convolve(x, reduce_5, 1, name=f"{name}_5x5_reduce")
    branch_5 = convolve(branch_5, wide_5, 5, name=f"{name}_5x5")
    branch_pool = same_max_pooling(x, 3, rank=rank, name=f"{name}_pool")
    branch_pool = convolve(branch_pool, projection, 1, name=f"{name}_pool_proj")
    return keras.layers.Concatenate(name=f"{name}_output")(
        [branch_1, branch_3, branch_5, branch_pool]
    )


def _ceil_pooling(x: keras.KerasTensor, *, rank: int, name: str) -> keras.KerasTensor:
    """Maximum over windows of 3, stride 2; the last may reach over an even size's edge.

    That is `ceil((size - 3) / 2) + 1` windows along each axis.
    """
    over = tuple((0, 1 - size % 2) for size in x.shape[1:-1])
    return max_pooling(
        x, (3,) * rank, rank=rank, strides=(2,) * rank, padding=over, name=name
    )
