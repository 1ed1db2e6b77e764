"""A tiny classifier and a tiny stream of volumes that stand for the real ones."""

import keras
import numpy as np
import tensorflow as tf

from zoo.targets.target_output import outputs_of_classes
from zoo.training.data.training_data import TrainingData
from zoo.training.losses.class_weights import WeightedOutput

SHAPE = (4, 4, 4, 1)
CLASSES = 2
SAMPLES = 12
BATCH = 4
LEARNED = (
    WeightedOutput(
        target_output=outputs_of_classes(CLASSES)[0],
        weights=np.ones(CLASSES, np.float32),
    ),
)


def classifier(*, seed=0, auxiliary=True, dropout=0.3):
    """`(training, inference)`, sharing weights; dropout in the training path."""
    shapes = keras.Input(SHAPE, name="volume")
    flat = keras.layers.Flatten(name="flat")(shapes)
    hidden = keras.layers.Dense(
        8,
        "tanh",  # lets a NaN through, which ReLU may not
        kernel_initializer=keras.initializers.HeNormal(seed),
        name="hidden",
    )(flat)
    dropped = keras.layers.Dropout(dropout, seed=seed, name="dropout")(hidden)
    logits = keras.layers.Dense(
        CLASSES,
        kernel_initializer=keras.initializers.HeNormal(seed + 1),
        dtype="float32",
        name="logits",
    )(dropped)
    outputs = {"logits": logits}
    if auxiliary:
        outputs["auxiliary_0"] = keras.layers.Dense(
            CLASSES,
            kernel_initializer=keras.initializers.HeNormal(seed + 2),
            dtype="float32",
            name="auxiliary_0",
        )(hidden)
    probabilities = keras.layers.Softmax(dtype="float32", name="probabilities")(logits)
    return (
        keras.Model(shapes, outputs, name="training"),
        keras.Model(
            shapes, {"logits": logits, "probabilities": probabilities}, name="inference"
        ),
    )


def element(samples=SAMPLES, *, seed=1, signal=0.7):
    """Arrays of all samples: class 1 is brighter by `signal` standard deviations."""
    draw = np.random.default_rng(seed)
    labels = np.arange(samples) % CLASSES
    volumes = (
        draw.normal(size=(samples, *SHAPE)) + signal * labels[:, None, None, None, None]
    )
    names = np.array([f"{i:016x}".encode() for i in range(samples)])
    return {
        "volume": volumes.astype(np.float32),
        "target": labels[:, None].astype(np.float32),
        "sample_id": names,
        "patient_id": names,
    }


def evaluation(samples=SAMPLES, **options):
    """What `eval_batches` gives."""
    return tf.data.Dataset.from_tensor_slices(element(samples, **options)).batch(BATCH)


def training_data(*, samples=SAMPLES, batch=BATCH, opened=None, **options):
    """Endless shuffled training batches, by epoch number, and validation batches.

    The list `opened` gets the number of every epoch that is begun to be read.
    """
    arrays = element(samples, **options)

    def order(epoch):
        if opened is not None:
            opened.append(int(epoch))
        return np.random.default_rng(int(epoch)).permutation(samples)

    def train(first_epoch):
        def one(epoch):
            rows = tf.numpy_function(order, [epoch], tf.int64)
            rows = tf.ensure_shape(rows, [samples])
            return tf.data.Dataset.from_tensor_slices(
                {name: tf.gather(values, rows) for name, values in arrays.items()}
            )

        epochs = tf.data.Dataset.counter(first_epoch)
        return epochs.flat_map(one).batch(batch, drop_remainder=True)

    return TrainingData(
        train=train,
        steps=samples // batch,
        validation=evaluation(seed=2),
        weighted_outputs=LEARNED,
    )
