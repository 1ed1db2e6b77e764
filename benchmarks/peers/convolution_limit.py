"""What a training step would take if nothing but its convolutions took time."""

from collections.abc import Callable

import keras
import tensorflow as tf

from zoo.classifier.layer_depth import leaves

_KINDS = (keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.Conv3D)


class Passes:
    """Runs each convolution of a network alone, on noise: forward and both gradients.

    Those of depthwise and of separable layers are left out. The first has no gradient
    of its input, as in training. Their arrays are made when they are first run.

    Args:
        model: its layers are called as they are, in their precision.
        batch: samples a step.
    """

    def __init__(self, model: keras.Model, batch: int):
        self._model, self._batch = model, batch
        self._alone: list[Callable[[], float]] | None = None

    def __call__(self) -> float:
        """One pass over all of them, in turn; the sum of a voxel of each output."""
        if self._alone is None:
            layers = [layer for layer in leaves(self._model) if type(layer) in _KINDS]
            self._alone = [
                _alone(layer, self._batch, of_input=number > 0)
                for number, layer in enumerate(layers)
            ]
        return sum(step() for step in self._alone)


def _alone(
    layer: keras.layers.Layer, batch: int, *, of_input: bool
) -> Callable[[], float]:
    dtype = layer.compute_dtype
    x = tf.cast(tf.random.normal((batch, *layer.input.shape[1:])), dtype)
    kernel = tf.cast(layer.kernel.value, dtype)
    upstream = tf.cast(tf.random.normal((batch, *layer.output.shape[1:])), dtype)

    @tf.function(jit_compile=False)
    def step(x: tf.Tensor, kernel: tf.Tensor, upstream: tf.Tensor) -> tuple:
        watched = [kernel, x] if of_input else [kernel]
        with tf.GradientTape() as tape:
            tape.watch(watched)
            output = layer.convolution_op(x, kernel)
        return output, *tape.gradient(output, watched, upstream)

    def first_voxel() -> float:
        output, *_ = step(x, kernel, upstream)  # gradients are outputs: all is computed
        return float(tf.reshape(output, [-1])[0])

    return first_voxel
