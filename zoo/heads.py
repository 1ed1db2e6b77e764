"""What stands behind a backbone: pooling over space, the head, auxiliary heads.

Everything here computes in float32, also where the backbone is in half precision.
"""

import keras

from zoo.architectures.initialisation import glorot, he, layer_seed
from zoo.architectures.spatial import average_pooling, convolution

_POOLING = {
    ("average", 2): keras.layers.GlobalAveragePooling2D,
    ("average", 3): keras.layers.GlobalAveragePooling3D,
    ("max", 2): keras.layers.GlobalMaxPooling2D,
    ("max", 3): keras.layers.GlobalMaxPooling3D,
}
LOGITS = "head_logits"
COVARIATE_LOGITS = "head_covariate_logits"
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
    classes: int,
    seed: int,
    covariates: int = 0,
) -> keras.Model:
    """Dropout and dense layers.

    The last dense layer sees the covariates beside the features. Its kernel over the
    covariates stands as a layer of its own and begins at zero: the network begins as
    one without covariates, and what never varied in training (a level that nobody has,
    a value that nobody lacks) never counts. Covariates are not dropped out.

    Args:
        features: F.
        units: of the dense layers with ReLU before the logits.
        dropout: rate before every dense layer.
        covariates: E; 0 = none.

    Returns:
        A model named `head` from features `[B, F]`, or from a list of these and of
        covariates `[B, E]`, to logits `[B, classes]`.
    """
    inputs = keras.Input((features,), dtype="float32", name="head_input")
    x = inputs
    for number, width in enumerate(units):
        x = _dropout(dropout, seed, f"head_dropout{number}")(x)
        x = _dense(width, seed, f"head_dense{number}")(x)
    x = _dropout(dropout, seed, f"head_dropout{len(units)}")(x)
    logits = _logits(classes, seed, LOGITS)(x)
    if not covariates:
        return keras.Model(inputs, logits, name="head")
    clinical = keras.Input((covariates,), dtype="float32", name="head_covariates")
    logits = keras.layers.Add(dtype="float32", name="head_sum")(
        [logits, _covariate_logits(classes)(clinical)]
    )
    return keras.Model([inputs, clinical], logits, name="head")


def auxiliary_head(
    feature_map: keras.KerasTensor, *, classes: int, seed: int, name: str
) -> keras.Model:
    """An auxiliary classifier of GoogLeNet (Szegedy et al., 2015, section 5).

    Average pooling over 5 with stride 3, 1x1 convolution to 128, dense 1024, dropout
    0.7, logits. Where the map has fewer than 5 voxels along an axis (slices narrower
    than 80), the window shrinks to it; a map of 6 (slices of 96) pools to one voxel.

    Returns:
        A model from `[B, *spatial, F]` to logits `[B, classes]`.
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
    return keras.Model(inputs, _logits(classes, seed, f"{name}_logits")(x), name=name)


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


def _logits(classes: int, seed: int, name: str) -> keras.layers.Layer:
    return keras.layers.Dense(
        classes, kernel_initializer=glorot(seed, name), dtype="float32", name=name
    )


def _covariate_logits(classes: int) -> keras.layers.Layer:
    return keras.layers.Dense(
        classes,
        use_bias=False,
        kernel_initializer="zeros",
        dtype="float32",
        name=COVARIATE_LOGITS,
    )
