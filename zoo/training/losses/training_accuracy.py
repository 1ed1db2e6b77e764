"""The accuracy on training batches as they come, by kind of target."""

import keras
from keras import ops

from zoo.classifier import output_activation
from zoo.targets.target_output import TargetOutput


def plain(target_output: TargetOutput) -> list[keras.metrics.Metric]:
    """`accuracy` of classes and grades, of all samples alike.

    A mixed target counts as the class that it has most of.
    """
    if target_output.kind == "classification":
        return [keras.metrics.CategoricalAccuracy(name="accuracy")]
    if target_output.kind == "ordinal":
        return [keras.metrics.MeanMetricWrapper(_of_steps, name="accuracy")]
    return []


def weighted(target_output: TargetOutput) -> list[keras.metrics.Metric]:
    """`accuracy` of labels, which weigh what they weigh in the loss: unknown ones 0."""
    if target_output.kind == "multilabel":
        return [keras.metrics.MeanMetricWrapper(_of_labels, name="accuracy")]
    return []


def _of_labels(y_true: keras.KerasTensor, y_pred: keras.KerasTensor):
    """`[B, L]` to `[B, L]`."""
    return ops.cast((y_true > 0.5) == (y_pred > 0), "float32")


def _of_steps(y_true: keras.KerasTensor, y_pred: keras.KerasTensor):
    """`[B, K - 1]` to `[B]`: is the most probable class the true one?"""
    called = ops.argmax(output_activation.class_logits(y_pred), axis=-1)
    truth = ops.round(ops.sum(y_true, axis=-1))
    return ops.cast(ops.cast(called, "float32") == truth, "float32")
