"""How long a training step waits for its batch."""

import statistics
import time

import keras
import tensorflow as tf
from loading_ways import batch_settings

from pipelines.batches.dataset import train_batches
from zoo.architectures import registry
from zoo.classifier import classifier
from zoo.recipes.recipe import Recipe
from zoo.targets.target_output import outputs_of_classes

_NOT_TIMED = 2  # steps: tracing, and the first batch


def measure_waiting(data, steps, **options):
    """Share of the time of training steps that `next(batches)` takes.

    Args:
        options: of `train_batches`, with its variation.
    """
    step = training_step(data.task.record_shape)
    batches = iter(train_batches(data, batch_settings(), seed=0, **options))
    waits, whole = [], []
    for number in range(steps + _NOT_TIMED):
        start = time.perf_counter()
        batch = next(batches)
        waited = time.perf_counter() - start
        float(step(batch["volume"], batch["target"]))
        if number >= _NOT_TIMED:
            waits.append(waited)
            whole.append(time.perf_counter() - start)
    return {
        "step_seconds": statistics.median(whole),
        "wait_seconds": statistics.median(waits),
        "wait_share": sum(waits) / sum(whole),
        "longest_wait_share": max(w / s for w, s in zip(waits, whole)),
    }


def training_step(shape):
    """A step of resnet3d18 by Adam, as a graph: from a batch to its loss."""
    model = classifier.build(
        Recipe(arch="resnet3d18"),
        registry.get("resnet3d18"),
        shape=shape,
        target_outputs=outputs_of_classes(2),
        seed=0,
    ).training
    optimizer = keras.optimizers.Adam(3e-4)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function
    def step(volume, target):
        with tf.GradientTape() as tape:
            value = loss(target, model(volume, training=True)["logits"])
        weights = model.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(value, weights), weights))
        return value

    return step
