"""What stands behind a backbone: pooling over space, the head, auxiliary heads.

Everything here computes in float32, also where the backbone is in half precision.
"""

import keras

from zoo.architectures.initialisation import he, layer_seed
from zoo.architectures.spatial import average_pooling, convolution
from zoo.targets.target_output import TargetOutput

_POOLING = {
    ("average", 2): keras.layers.GlobalAveragePooling2D,
    ("average", 3): keras.layers.GlobalAveragePooling3D,
    ("max", 2): keras.layers.GlobalMaxPooling2D,
    ("max", 3): keras.layers.GlobalMaxPooling3D,
}
LOGITS = "head_logits"
COVARIATE_LOGITS = f"covariates_{LOGITS}"
POOLING = "head_pooling"


def spatial_pooling(kind: str, rank: int) -> keras.layers.Layer:
    """The layer from a feature map `[B, *spatial, F]` to features, float32.

    Args:
        kind: `"average"` or `"max"` over space, to `[B, F]`; `"flatten"` keeps all
            places, row by row.
    """
    if kind == "flatten":
        return keras.layers.Flatten(dtype="float32", name=POOLING)
    return _POOLING[kind, rank](dtype="float32", name=POOLING)


def head(
    features: int,
    *,
    units: tuple[int, ...],
    dropout: float,
    target_outputs: tuple[TargetOutput, ...],
    seed: int,
    covariates: int = 0,
) -> keras.Model:
    """Dropout, dense layers, and a last layer for every target.

    The last layers see the covariates too, which are not dropped out.

    Args:
        features: F.
        units: of the dense layers with ReLU before the last ones.
        dropout: rate before every dense layer.
        covariates: E; 0 = none.

    Returns:
        A model named `head` from features `[B, F]`, or from a list of these and of
        covariates `[B, E]`, to the numbers of all targets side by side,
        `[B, sum of their sizes]`: of one with classes its logits.
    """
    inputs = [keras.Input((features,), dtype="float32", name="head_input")]
    x, clinical = inputs[0], None
    for number, width in enumerate(units):
        x = _dropout(dropout, seed, f"head_dropout{number}")(x)
        x = _dense(width, seed, f"head_dense{number}")(x)
    x = _dropout(dropout, seed, f"head_dropout{len(units)}")(x)
    if covariates:
        clinical = keras.Input((covariates,), dtype="float32", name="head_covariates")
        inputs.append(clinical)
    numbers = [
        target_output.kind.output_layer(
            x, clinical, target_output.size, seed, LOGITS + target_output.suffix
        )
        for target_output in target_outputs
    ]
    if len(numbers) > 1:
        join = keras.layers.Concatenate(dtype="float32", name="head_joined")
        numbers = [join(numbers)]
    return keras.Model(inputs if covariates else inputs[0], numbers[0], name="head")


def auxiliary_head(
    feature_map: keras.KerasTensor, *, target_output: TargetOutput, seed: int, name: str
) -> keras.Model:
    """An auxiliary classifier of GoogLeNet (Szegedy et al., 2015, section 5).

    Average pooling over 5 with stride 3, 1x1 convolution to 128, dense 1024, dropout
    0.7, logits. Where the map has fewer than 5 voxels along an axis (slices narrower
    than 80), the window shrinks to it; a map of 6 (slices of 96) pools to one voxel.

    Returns:
        A model from `[B, *spatial, F]` to logits `[B, target_output.size]`.
    """
    rank = len(feature_map.shape) - 2
    inputs = _input_like(feature_map, f"{name}_input")
    window = tuple(min(5, size) for size in feature_map.shape[1:-1])
    x = average_pooling(
        inputs, window, rank=rank, strides=(3,) * rank, name=f"{name}_pooling"
    )
    x = convolution(
        x, 128, 1, rank=rank, seed=seed, activation="relu", name=f"{name}_convolution"
    )
    x = keras.layers.Flatten(dtype="float32", name=f"{name}_flat")(x)
    x = _dense(1024, seed, f"{name}_dense")(x)
    x = _dropout(0.7, seed, f"{name}_dropout")(x)
    numbers = target_output.kind.output_layer(
        x, None, target_output.size, seed, f"{name}_logits"
    )
    return keras.Model(inputs, numbers, name=name)


def _input_like(tensor: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return keras.Input(tensor.shape[1:], dtype=tensor.dtype, name=name)


def _dropout(rate: float, seed: int, name: str) -> keras.layers.Layer:
    return keras.layers.Dropout(
        rate, seed=layer_seed(seed, name), dtype="float32", name=name
    )


def _dense(units: int, seed: int, name: str) -> keras.layers.Layer:
    return keras.layers.Dense(
        units,
        activation="relu",
        kernel_initializer=he(seed, name),
        dtype="float32",
        name=name,
    )
