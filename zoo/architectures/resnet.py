"""Residual networks (He et al., 2016) at rank 2 and, as Hara et al. (2018), at 3.

The weights' layout is torchvision's and, with squeeze and excitation, timm's.
"""

from collections.abc import Callable
from functools import partial

import keras

from zoo.architectures.residual_blocks import (
    basic_block,
    bottleneck,
    convolution_normalisation,
)
from zoo.architectures.spatial import max_pooling

FILTERS = (64, 128, 256, 512)  # per stage
BLOCKS_18 = (2, 2, 2, 2)
BLOCKS_34 = BLOCKS_50 = (3, 4, 6, 3)
GROUPS = 32  # of SE-ResNeXt-50, 4 channels each in stage 1: 32 x 4d
REDUCTION = 16  # of squeeze and excitation

# The places where the full network halves its map, in the order in which an axis that
# is too short for all five gives them up.
HALVINGS = ("pool", "stem", "stage2", "stage3", "stage4")


def build_18(input_shape: tuple[int, ...], rank: int, seed: int) -> keras.Model:
    """ResNet-18 feature extractor: basic blocks, batch normalisation.

    Layer by layer torchvision's `resnet18` (at rank 2 with a head of 1000 classes
    11,689,512 trainable weights), the shortcut of a changed shape a 1x1 convolution.

    **Where it halves.** The full network halves every axis five times: in the stem, in
    the maximum pooling and on entering stages 2, 3 and 4. MRI volumes are short along
    one axis or small altogether, so each axis is halved only as often as leaves 2 or
    more voxels (sizes round up), that is

        size      8   9..16   17..32   33 and more
        halvings  2   3       4        5

    and what it does without is first the pooling, then the stem, then stage 2. So 28^3
    has a stem of stride 2 and no pooling (7^3 in stage 2), 64 x 128 x 128 the whole
    network, and of 12 x 128 x 128 the depth is halved in stages 2 to 4 alone. The
    weights' shapes depend on none of this.

    Args:
        input_shape: `(*spatial, C)`, `rank` spatial sizes, each at least 8.
        rank: 2 or 3.
        seed: of the initial weights.

    Returns:
        A model from `[B, *spatial, C]` to `[B, *ceil(spatial / 2^halvings), 512]`.
    """
    return _build(
        input_shape,
        rank,
        seed,
        blocks=BLOCKS_18,
        block=basic_block,
        name=f"resnet{rank}d18",
    )


def build_34(input_shape: tuple[int, ...], rank: int, seed: int) -> keras.Model:
    """ResNet-34 feature extractor: as `build_18`, with more basic blocks."""
    return _build(
        input_shape,
        rank,
        seed,
        blocks=BLOCKS_34,
        block=basic_block,
        name=f"resnet{rank}d34",
    )


def build_50(input_shape: tuple[int, ...], rank: int, seed: int) -> keras.Model:
    """ResNet-50 feature extractor: halves as `build_18`; bottlenecks, 2048 channels."""
    return _build(
        input_shape,
        rank,
        seed,
        blocks=BLOCKS_50,
        block=bottleneck,
        name=f"resnet{rank}d50",
    )


def build_se_50(input_shape: tuple[int, ...], rank: int, seed: int) -> keras.Model:
    """SE-ResNet-50 (Hu et al., 2018): `build_50` with squeeze and excitation.

    Layer by layer timm's `seresnet50`.
    """
    return _build(
        input_shape,
        rank,
        seed,
        blocks=BLOCKS_50,
        block=partial(bottleneck, reduction=REDUCTION),
        name=f"se_resnet{rank}d50",
    )


def build_se_next_50(input_shape: tuple[int, ...], rank: int, seed: int) -> keras.Model:
    """SE-ResNeXt-50, 32 x 4d (Xie et al., 2017; Hu et al., 2018).

    Layer by layer timm's `seresnext50_32x4d`: `build_se_50` with bottlenecks twice as
    wide, whose 3x3 convolution has 32 groups.
    """
    return _build(
        input_shape,
        rank,
        seed,
        blocks=BLOCKS_50,
        block=partial(bottleneck, groups=GROUPS, widening=2, reduction=REDUCTION),
        name=f"se_resnext{rank}d50",
    )


def strides(spatial: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    """The stride of every place that may halve, per axis of `spatial`.

    >>> strides((12, 128, 128))["stem"]
    (1, 2, 2)
    """
    halvings = [_halvings(size) for size in spatial]
    return {
        place: tuple(2 if len(HALVINGS) - i <= often else 1 for often in halvings)
        for i, place in enumerate(HALVINGS)
    }


def _halvings(size: int) -> int:
    """How often `size` can be halved, rounding up, with 2 or more left; at most 5."""
    often = 0
    while often < len(HALVINGS) and size > 2 ** (often + 1):
        often += 1
    return often


def _build(
    input_shape: tuple[int, ...],
    rank: int,
    seed: int,
    *,
    blocks: tuple[int, ...],
    block: Callable[..., keras.KerasTensor],
    name: str,
) -> keras.Model:
    """The stem, then stages of `blocks` blocks each."""
    stride = strides(input_shape[:-1])
    inputs = keras.Input(input_shape, name="voxels")
    x = convolution_normalisation(
        inputs, 64, 7, rank=rank, seed=seed, strides=stride["stem"], name="stem"
    )
    x = keras.layers.ReLU(name="stem_relu")(x)
    x = _pooling(x, stride["pool"], rank=rank)
    for stage, (filters, number) in enumerate(zip(FILTERS, blocks), start=1):
        for i in range(1, number + 1):
            entering = stage > 1 and i == 1
            x = block(
                x,
                filters,
                rank=rank,
                seed=seed,
                strides=stride[f"stage{stage}"] if entering else (1,) * rank,
                name=f"stage{stage}_block{i}",
            )
    return keras.Model(inputs, x, name=name)


def _pooling(
    x: keras.KerasTensor, strides: tuple[int, ...], *, rank: int
) -> keras.KerasTensor:
    """Maximum over 3 voxels along the axes that it halves, over 1 along the others."""
    if max(strides) == 1:
        return x
    halved = [stride == 2 for stride in strides]
    return max_pooling(
        x,
        tuple(3 if half else 1 for half in halved),
        rank=rank,
        strides=strides,
        padding=tuple((1, 1) if half else (0, 0) for half in halved),
        name="stem_pooling",
    )
