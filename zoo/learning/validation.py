"""Validation after every epoch, by the inference model over the whole split."""

from collections.abc import Iterable

import keras
import numpy as np

from zoo.evidence import metrics
from zoo.learning.inference import Answers, Inference
from zoo.learning.losses import cross_entropy


class Validation(keras.callbacks.Callback):
    """Adds `val_loss`, `val_accuracy` and `val_auc` to the logs of the epoch.

    They are exact means over samples, of what the shipped model will answer: all its
    slices, no dropout, no auxiliary heads, no class weights.

    Args:
        inference: shares its weights with the model in training.
        batches: `eval_batches` of the validation split.
    """

    def __init__(self, inference: Inference, batches: Iterable):
        super().__init__()
        self._inference = inference
        self._batches = batches

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        answers = self._inference.answer(self._batches, name="validation")
        logs.update(scores(answers))


def scores(answers: Answers) -> dict[str, float]:
    """Loss, accuracy and AUC of the answers, each under its name in the history."""
    right = np.argmax(answers.logits, axis=1) == answers.label
    return {
        "val_loss": cross_entropy(answers.label, answers.logits),
        "val_accuracy": float(np.mean(right)),
        "val_auc": float(metrics.auc(answers.label, answers.probabilities)),
    }
