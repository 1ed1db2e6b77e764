"""How a Keras model on TensorFlow is trained and asked, the same way for all."""

import math
from collections.abc import Callable
from importlib import metadata

import keras
import numpy as np
import tensorflow as tf

from peers.worker import Network, Order, Traits


def use_threads(number: int) -> None:
    """Has to come before TensorFlow does anything else."""
    tf.config.threading.set_intra_op_parallelism_threads(number)
    tf.config.threading.set_inter_op_parallelism_threads(number)


def with_head(backbone: keras.Model, classes: int) -> keras.Model:
    """Average over space and one dense layer behind a feature map."""
    x = backbone.output
    axes = tuple(range(1, len(x.shape) - 1))
    logits = keras.layers.Dense(classes)(keras.ops.mean(x, axis=axes))
    return keras.Model(backbone.input, logits)


def network(
    order: Order,
    *,
    package: str,
    layers: keras.Model,
    training: keras.Model,
    inference: keras.Model,
    limit: Callable[[], float] | None = None,
) -> Network:
    """A network of Keras models, as `tf.function`s without XLA.

    Args:
        package: distribution that the network comes from.
        layers: the model whose layers are counted.
        training: from a batch to logits, or to several by name; the loss is the sum
            of their cross-entropies.
        inference: over the same weights.
        limit: the convolutions of a training step alone.
    """
    optimizer = keras.optimizers.Adam(order.learning_rate)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    draw = np.random.default_rng(0)
    shape = (order.batch, *training.input_shape[1:])
    batch = tf.constant(draw.normal(size=shape).astype(np.float32))
    target = tf.constant(np.arange(order.batch) % order.classes)
    weights = training.trainable_variables
    optimizer.build(weights)

    @tf.function(jit_compile=False)
    def train(batch, target):
        with tf.GradientTape() as tape:
            heads = tf.nest.flatten(training(batch, training=True))
            value = tf.add_n([loss(target, logits) for logits in heads])
        optimizer.apply(tape.gradient(value, weights), weights)
        return value

    @tf.function(jit_compile=False)
    def infer(batch):
        scores = tf.nest.flatten(inference(batch, training=False))
        return tf.add_n([tf.reduce_sum(score) for score in scores])

    return Network(
        traits=Traits(
            parameters=sum(math.prod(weight.shape) for weight in weights),
            multiply_adds=_multiply_adds(layers),
            sizes=_sizes(layers),
            versions=", ".join(
                f"{name} {metadata.version(name)}"
                for name in dict.fromkeys((package, "keras", "tensorflow"))
            ),
        ),
        train=lambda: float(train(batch, target)),
        infer=lambda: float(infer(batch)),
        limit=limit,
    )


def _multiply_adds(model: keras.Model) -> int:
    """Of plain convolutions and dense layers."""
    plain = (keras.layers.Conv2D, keras.layers.Conv3D, keras.layers.Dense)
    return sum(
        math.prod(layer.kernel.shape) * math.prod(layer.output.shape[1:-1])
        for layer in model.layers
        if type(layer) in plain
    )


def _sizes(model: keras.Model) -> tuple[str, ...]:
    kinds = ("Conv2D", "Conv3D", "Pooling2D", "Pooling3D")
    return tuple(
        dict.fromkeys(
            "x".join(map(str, layer.output.shape[1:-1]))
            for layer in model.layers
            if type(layer).__name__.endswith(kinds)
            and len(layer.output.shape) == len(model.input.shape)
        )
    )
