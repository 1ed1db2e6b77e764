"""Whether layers compute in bfloat16 what they compute in float32, on this machine.

A layer alone, on noise: outputs, and the gradients of its input and of its weights.
What is wrong in 16 bits (see `zoo.classifier.filter_gradient`) is another noise at each
call, so each is called several times; it can also end the process or never return,
which is the business of who calls.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf

from zoo.classifier import filter_gradient
from zoo.classifier.layer_depth import leaves

CALLS = 3
# Rounding to 8 bits makes errors of .002 to .004, whatever the sizes; noise is 1.
TOLERANCE = 0.02
_KINDS = (
    keras.layers.Conv1D,
    keras.layers.Conv2D,
    keras.layers.Conv3D,
    keras.layers.Conv1DTranspose,
    keras.layers.Conv2DTranspose,
    keras.layers.Conv3DTranspose,
    keras.layers.DepthwiseConv1D,
    keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv1D,
    keras.layers.SeparableConv2D,
    keras.layers.EinsumDense,  # grouped convolutions are made of them
)
_OPERATIONS = ("Conv", "ConvTranspose", "DepthwiseConv", "SeparableConv")


@dataclass(frozen=True, kw_only=True)
class LayerOnShape:
    """A layer of a network, and what it is applied to.

    Args:
        layer: in the precision of the network.
        shape: of its input without the batch, `(*spatial, C)`.
    """

    layer: keras.layers.Layer
    shape: tuple[int, ...]


def convolutions(backbone: keras.Model) -> Iterator[LayerOnShape]:
    """Those of a network in bfloat16, of those that are alike the first."""
    seen = set()
    for layer in leaves(backbone):
        if not isinstance(layer, _KINDS) or layer.compute_dtype != "bfloat16":
            continue
        shape = tuple(layer.input.shape[1:])
        key = (type(layer).__name__, repr(_alike(layer)), shape)
        if key not in seen:
            seen.add(key)
            yield LayerOnShape(layer=layer, shape=shape)


def unknown(backbone: keras.Model) -> list[str]:
    """Names of convolutions in bfloat16 that are no layers: nobody checks them."""
    return [
        operation.name
        for operation in backbone.operations
        if type(operation).__name__ in _OPERATIONS
        and not isinstance(operation, keras.layers.Layer)
        and operation.output.dtype == "bfloat16"
    ]


def wrong(on_shape: LayerOnShape, batch: int, seed: int = 0) -> dict[str, float]:
    """What a layer gets wrong, and how far its worst call is off.

    Args:
        batch: samples.
        seed: of the noise.

    Returns:
        Of `"output"`, `"input gradient"` and `"gradient of <weight>"` those whose error
        is above `TOLERANCE`: the norm of the difference to float32 by the norm of what
        float32 gives; infinite where it is no number. Nothing = the layer is right.
    """
    draw = np.random.default_rng(seed)
    x = _drawn(draw, (batch, *on_shape.shape))
    brief, full = (_copy(on_shape.layer, x.shape, dtype) for dtype in _POLICIES)
    for mine, theirs in zip(brief.weights, full.weights, strict=True):
        values = _drawn(draw, mine.shape)
        mine.assign(tf.cast(values, "float32"))
        theirs.assign(tf.cast(values, "float32"))
    upstream = _drawn(draw, full(tf.cast(x, "float32")).shape)
    right = _computed(full, tf.cast(x, "float32"), tf.cast(upstream, "float32"))
    worst = dict.fromkeys(right, 0.0)
    for _ in range(CALLS):
        for name, values in _computed(brief, x, upstream).items():
            worst[name] = max(worst[name], _error(values, right[name]))
    return {name: error for name, error in worst.items() if error > TOLERANCE}


_POLICIES = ("mixed_bfloat16", "float32")


def _alike(layer: keras.layers.Layer) -> dict:
    """What of a layer's configuration its arithmetic hangs on."""
    settings = layer.get_config()
    names = ("name", "trainable", "dtype", "activation")
    return {
        key: value
        for key, value in settings.items()
        if key not in names and not key.endswith(("_initializer", "_regularizer"))
    }


def _copy(
    layer: keras.layers.Layer, shape: tuple[int, ...], policy: str
) -> keras.layers.Layer:
    """The layer without activation: by rounding, a ReLU lets others through."""
    copy = type(layer).from_config({**_alike(layer), "dtype": policy})
    copy.build(shape)
    filter_gradient.mend(copy)
    return copy


def _computed(
    layer: keras.layers.Layer, x: tf.Tensor, upstream: tf.Tensor
) -> dict[str, tf.Tensor]:
    weights = [variable.value for variable in layer.trainable_weights]
    with tf.GradientTape() as tape:
        tape.watch(x)
        output = layer(x)
    of_input, *of_weights = tape.gradient(output, [x, *weights], upstream)
    names = [f"gradient of {weight.name}" for weight in layer.trainable_weights]
    return {
        "output": output,
        "input gradient": of_input,
        **dict(zip(names, of_weights, strict=True)),
    }


def _drawn(draw: np.random.Generator, shape: tuple[int, ...]) -> tf.Tensor:
    """Noise that bfloat16 holds exactly."""
    noise = draw.standard_normal(tuple(shape), np.float32)
    return tf.cast(noise, tf.bfloat16)


def _error(values: tf.Tensor, right: tf.Tensor) -> float:
    """The norm of the difference by that of what is right; infinite for NaN."""
    difference = tf.norm(tf.cast(values, "float32") - right)
    error = float(difference / tf.maximum(tf.norm(right), 1e-30))
    return error if math.isfinite(error) else math.inf
