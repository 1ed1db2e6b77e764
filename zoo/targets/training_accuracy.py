"""The accuracy on training batches as they come, a Keras metric for each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zoo.targets.output_activations import class_logits

if TYPE_CHECKING:
    import keras


def of_classes() -> keras.metrics.Metric:
    """Of all samples alike; a mixed target counts as the class that it has most of."""
    import keras

    return keras.metrics.CategoricalAccuracy(name="accuracy")


def of_steps() -> keras.metrics.Metric:
    """Of ordered classes, of all samples alike."""
    import keras

    return keras.metrics.MeanMetricWrapper(_right_class, name="accuracy")


def of_labels() -> keras.metrics.Metric:
    """Of labels, which weigh what they weigh in the loss: unknown ones 0."""
    import keras

    return keras.metrics.MeanMetricWrapper(_right_labels, name="accuracy")


def _right_labels(y_true: keras.KerasTensor, y_pred: keras.KerasTensor):
    """`[B, L]` to `[B, L]`."""
    from keras import ops

    return ops.cast((y_true > 0.5) == (y_pred > 0), "float32")


def _right_class(y_true: keras.KerasTensor, y_pred: keras.KerasTensor):
    """`[B, K - 1]` to `[B]`: is the most probable class the true one?"""
    from keras import ops

    called = ops.argmax(class_logits(y_pred), axis=-1)
    truth = ops.round(ops.sum(y_true, axis=-1))
    return ops.cast(ops.cast(called, "float32") == truth, "float32")
