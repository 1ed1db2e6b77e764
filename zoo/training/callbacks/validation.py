"""Validation after every epoch, by the inference model over the whole split."""

import time
from collections.abc import Iterable, Sequence

import keras

from zoo.recipes.optimisation import Optimisation
from zoo.runs.history import FURTHER
from zoo.targets.target_output import TargetOutput
from zoo.training.callbacks.validation_scores import further_losses, scores
from zoo.training.loop.inference import Inference, ModelOutputs


class Validation(keras.callbacks.Callback):
    """Adds the main target's loss and scores, and others' losses, to the epoch's logs.

    They are exact means over samples, of what the shipped model will answer: all its
    slices, no dropout, no auxiliary heads, no class weights.

    Args:
        inference: shares its weights with the model in training.
        batches: `eval_batches` of the validation split.
        target_outputs: the main one first.
        optimisation: of the recipe: what the loss follows.
    """

    def __init__(
        self,
        inference: Inference,
        batches: Iterable,
        target_outputs: Sequence[TargetOutput],
        optimisation: Optimisation,
    ):
        super().__init__()
        self._inference = inference
        self._batches = batches
        self._target_outputs = target_outputs
        self._optimisation = optimisation
        self.model_outputs: ModelOutputs | None = None  # of the last epoch
        self.seconds: list[float] = []  # of every epoch

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        began = time.perf_counter()
        self.model_outputs = self._inference.predict(self._batches, name="validation")
        main, *further = self._target_outputs
        logs.update(scores(self.model_outputs, main, self._optimisation))
        for target_output, loss in further_losses(
            self.model_outputs, further, self._optimisation
        ):
            logs[FURTHER + target_output.target.name] = loss
        self.seconds.append(time.perf_counter() - began)
