"""Residual networks (He et al., 2016) at rank 2 and, as Hara et al. (2018), at 3."""

import keras

from zoo.architectures.spatial import convolution, max_pooling

STAGES_18 = ((64, 2), (128, 2), (256, 2), (512, 2))  # filters, blocks

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
    return _build(input_shape, rank, seed, stages=STAGES_18, name=f"resnet{rank}d18")


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
    stages: tuple[tuple[int, int], ...],
    name: str,
) -> keras.Model:
    stride = strides(input_shape[:-1])
    inputs = keras.Input(input_shape, name="voxels")
    x = _convolution_normalisation(
        inputs, 64, 7, rank=rank, seed=seed, strides=stride["stem"], name="stem"
    )
    x = keras.layers.ReLU(name="stem_relu")(x)
    x = _pooling(x, stride["pool"], rank=rank)
    for stage, (filters, blocks) in enumerate(stages, start=1):
        for block in range(1, blocks + 1):
            entering = stage > 1 and block == 1
            x = _basic_block(
                x,
                filters,
                rank=rank,
                seed=seed,
                strides=stride[f"stage{stage}"] if entering else (1,) * rank,
                name=f"stage{stage}_block{block}",
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


def _basic_block(
    x: keras.KerasTensor,
    filters: int,
    *,
    rank: int,
    seed: int,
    strides: tuple[int, ...],
    name: str,
) -> keras.KerasTensor:
    """Two 3x3 convolutions and the shortcut around them."""
    shortcut = x
    if max(strides) > 1 or x.shape[-1] != filters:
        shortcut = _convolution_normalisation(
            x,
            filters,
            1,
            rank=rank,
            seed=seed,
            strides=strides,
            name=f"{name}_shortcut",
        )
    x = _convolution_normalisation(
        x, filters, 3, rank=rank, seed=seed, strides=strides, name=f"{name}_1"
    )
    x = keras.layers.ReLU(name=f"{name}_1_relu")(x)
    x = _convolution_normalisation(
        x, filters, 3, rank=rank, seed=seed, strides=(1,) * rank, name=f"{name}_2"
    )
    x = keras.layers.Add(name=f"{name}_sum")([shortcut, x])
    return keras.layers.ReLU(name=f"{name}_output")(x)


def _convolution_normalisation(
    x: keras.KerasTensor,
    filters: int,
    kernel_size: int,
    *,
    rank: int,
    seed: int,
    strides: tuple[int, ...],
    name: str,
) -> keras.KerasTensor:
    x = convolution(
        x,
        filters,
        kernel_size,
        rank=rank,
        seed=seed,
        strides=strides,
        use_bias=False,
        name=f"{name}_convolution",
    )
    return keras.layers.BatchNormalization(
        momentum=0.9, epsilon=1e-5, name=f"{name}_normalisation"
    )(x)
