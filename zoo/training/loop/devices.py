"""Training on several devices at once, each with its part of the batch.

The gradients of all are added up before the weights move, and batch normalisation takes
its statistics over the whole batch: so several devices learn what one would.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import keras
import tensorflow as tf

from pipelines.errors import UsageError
from zoo.classifier.freezing import batch_normalisations
from zoo.recipes.optimisation import Optimisation


def strategy(count: int, optimisation: Optimisation) -> tf.distribute.Strategy:
    """TensorFlow's strategy for `count` GPUs, or CPUs where there is no GPU.

    One process can have one strategy for several devices, no second.

    Raises:
        UsageError: fewer devices, a batch that they can't share evenly, or gradients
            that wait for further steps: Keras can't add them up on several devices.
    """
    devices = check(count, optimisation)
    if count == 1:
        return tf.distribute.get_strategy()
    return tf.distribute.MirroredStrategy(devices[:count])


def check(count: int, optimisation: Optimisation) -> list[str]:
    """The names of the devices there are.

    Raises:
        UsageError: as `strategy`.
    """
    kind = "GPU" if tf.config.list_logical_devices("GPU") else "CPU"
    devices = [device.name for device in tf.config.list_logical_devices(kind)]
    if not 1 <= count <= len(devices):
        raise UsageError(
            f"--devices is between 1 and the number there is, {len(devices)} {kind}(s) "
            f"here. Received: {count}"
        )
    batch_size = optimisation.batch_size
    if batch_size % count:
        raise UsageError(
            f"--devices {count} share a batch evenly. Choose a multiple of {count} as "
            f"--optimisation.batch-size. Received: {batch_size}"
        )
    if count > 1 and optimisation.accumulate > 1:
        raise UsageError(
            "--accumulate goes with one device. Several hold a larger batch: --batch "
            f"{batch_size * optimisation.accumulate} makes the same updates. Received: "
            f"--devices {count}, accumulate={optimisation.accumulate}"
        )
    return devices


def synchronise(model: keras.Model) -> None:
    """Has batch normalisation take its statistics over the batch of all devices."""
    for layer in batch_normalisations(model):
        layer.synchronized = True


@contextmanager
def as_on_one(model: keras.Model) -> Iterator[None]:
    """While it lasts, `model` can be saved as one that never saw several devices.

    Only Keras' TensorFlow backend would load it otherwise.
    """
    layers = [layer for layer in batch_normalisations(model) if layer.synchronized]
    for layer in layers:
        layer.synchronized = False
    try:
        yield
    finally:
        for layer in layers:
            layer.synchronized = True
