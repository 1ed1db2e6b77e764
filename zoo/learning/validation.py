"""Validation after every epoch, by the inference model over the whole split."""

from collections.abc import Iterable

import keras

from zoo.aims import Aim
from zoo.learning.inference import Answers, Inference
from zoo.learning.scoring import scores


class Validation(keras.callbacks.Callback):
    """Adds the validation loss and scores to the logs of the epoch.

    They are exact means over samples, of what the shipped model will answer: all its
    slices, no dropout, no auxiliary heads, no class weights.

    Args:
        inference: shares its weights with the model in training.
        batches: `eval_batches` of the validation split.
        aim: the main one.
        regression_loss: of the recipe.
    """

    def __init__(
        self, inference: Inference, batches: Iterable, aim: Aim, regression_loss: str
    ):
        super().__init__()
        self._inference = inference
        self._batches = batches
        self._aim = aim
        self._regression_loss = regression_loss
        self.answers: Answers | None = None  # of the last epoch

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        self.answers = self._inference.answer(self._batches, name="validation")
        logs.update(scores(self.answers, self._aim, self._regression_loss))
