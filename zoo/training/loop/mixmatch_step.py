"""MixMatch: a training step on labelled and unlabelled samples at once.

D. Berthelot, N. Carlini, I. Goodfellow, N. Papernot, A. Oliver, C. Raffel: MixMatch: A
Holistic Approach to Semi-Supervised Learning. NeurIPS 2019, arXiv:1905.02249.
"""

from typing import Any

import keras
import numpy as np
from keras import ops

from zoo.recipes.mixmatch import MixMatch
from zoo.training.losses.losses import MAIN_HEAD

_GUESSES = "guesses"  # the name of the unlabelled samples' targets in a step

Tensor = keras.KerasTensor


class MixMatchModel(keras.Model):
    """A training model whose step learns from unlabelled samples too.

    It has the layers, and so the weights, of the model that it is made of; inference,
    checkpoints and saved models of those layers know nothing of it. How far the ramp
    has got is a variable of its own, so that a checkpoint holds it; all that is drawn
    comes with the batch.

    The labels are guessed as in the authors' own code (`guess_label` in mixmatch.py of
    google-research/mixmatch), by the network as it trains: batch normalisation takes
    the statistics of the batch, and its moving statistics do not follow. Those lag some
    hundred steps behind, whole epochs of a small cohort, and guesses by them would be
    wrong for as long. The forward pass that is learned from sees labelled and
    unlabelled samples as one batch, where theirs sees as many batches as there are
    copies and one more, and moves those statistics once.

    Args:
        training: from volumes to a dict of logits `[B, C]`: `logits`, and those of
            auxiliary heads, which learn from the labelled samples alone.
        settings: of the recipe.
        class_weights: `[C]`, of the loss of labelled samples; a mixed one has those of
            its classes.
        steps: per epoch.
    """

    def __init__(
        self,
        training: keras.Model,
        settings: MixMatch,
        *,
        class_weights: np.ndarray,
        steps: int,
    ):
        super().__init__(
            inputs=training.input, outputs=training.output, name=training.name
        )
        self._settings = settings
        self._class_weights = np.asarray(class_weights, np.float32)
        self._ramp_steps = settings.ramp_epochs * steps
        self._taken = keras.Variable(0, dtype="int64", trainable=False, name="taken")
        self._labelled_loss = keras.metrics.Mean(name="labelled_loss")
        self._unlabelled_loss = keras.metrics.Mean(name="unlabelled_loss")

    def train_step(self, data: tuple[dict[str, Tensor], ...]) -> dict[str, Any]:
        """One step.

        Args:
            data: `(inputs, {head: target}, {head: weight})`; the inputs those of a
                batch of `pipelines.batches.semi_supervised.beside`. The weights are
                those of samples that are not mixed, and are computed anew.
        """
        inputs, targets, _ = data
        copies = self._settings.copies
        names = [name for name in ("volume", "covariates") if name in inputs]
        theirs = {name: _one_by_one(inputs, name, copies) for name in names}
        with keras.StatelessScope(initialize_variables=False):  # assigns nothing
            outputs = self(_or_alone(theirs), training=True)
        answers = ops.softmax(outputs[MAIN_HEAD], axis=-1)
        guesses = sharpened(mean_of_copies(answers, copies), self._settings.temperature)
        labels = [targets[MAIN_HEAD], ops.repeat(guesses, copies, axis=0)]
        partner, share = inputs["partner"], inputs["own_share"]
        union = {
            name: blended(ops.concatenate([inputs[name], theirs[name]]), partner, share)
            for name in names
        }
        labels = blended(ops.concatenate(labels), partner, share)
        number = ops.shape(targets[MAIN_HEAD])[0]
        target, weight = weighed(labels[:number], self._class_weights)
        weighted_outputs = dict.fromkeys(targets, target) | {_GUESSES: labels[number:]}
        weights = dict.fromkeys(targets, weight)
        result = super().train_step((_or_alone(union), weighted_outputs, weights))
        self._taken.assign_add(1)
        return result

    def compute_loss(
        self,
        x: Any = None,
        y: dict[str, Tensor] | None = None,
        y_pred: dict[str, Tensor] | None = None,
        sample_weight: dict[str, Tensor] | None = None,
        training: bool = True,
    ) -> Tensor:
        """The loss of the labelled ones, and that of the others by the ramp's weight.

        Without guesses among the targets, as Keras' own.
        """
        supervised = super().compute_loss(
            x=x,
            y=_without_guesses(y),
            y_pred=_labelled(y_pred, y),
            sample_weight=sample_weight,
            training=training,
        )
        if _GUESSES not in y:
            return supervised
        number = ops.shape(y[MAIN_HEAD])[0]
        answers = ops.softmax(y_pred[MAIN_HEAD][number:], axis=-1)
        unlabelled = ops.mean(ops.square(y[_GUESSES] - answers))
        self._labelled_loss.update_state(supervised)
        self._unlabelled_loss.update_state(unlabelled)
        ramp = ramped(self._taken, self._ramp_steps)
        return supervised + self._settings.weight * ramp * unlabelled

    def compute_metrics(
        self,
        x: Any,
        y: dict[str, Tensor],
        y_pred: dict[str, Tensor],
        sample_weight: dict[str, Tensor] | None = None,
    ) -> dict[str, Any]:
        """Keras' own, of the labelled samples."""
        answers = _labelled(y_pred, y)
        return super().compute_metrics(x, _without_guesses(y), answers, sample_weight)


def sharpened(probabilities: Tensor, temperature: float) -> Tensor:
    """`p_k^(1/T) / sum of p_j^(1/T)` (equation 7), `[B, C]`."""
    highest = ops.max(probabilities, axis=-1, keepdims=True)
    powers = (probabilities / highest) ** (1 / temperature)
    return powers / ops.sum(powers, axis=-1, keepdims=True)


def mean_of_copies(answers: Tensor, copies: int) -> Tensor:
    """`[B * copies, C]`, the copies of one sample side by side, to `[B, C]`."""
    by_sample = ops.reshape(answers, (-1, copies, answers.shape[-1]))
    return ops.mean(by_sample, axis=1)


def blended(values: Tensor, partner: Tensor, share: Tensor) -> Tensor:
    """The share of each sample's own values, and the rest of its partner's.

    Args:
        values: `[N, ...]`.
        partner: places in `values`, `[N]`.
        share: `[N]`.
    """
    share = ops.reshape(share, (-1, *[1] * (len(values.shape) - 1)))
    return share * values + (1 - share) * ops.take(values, partner, axis=0)


def weighed(labels: Tensor, class_weights: np.ndarray) -> tuple[Tensor, Tensor]:
    """The target and weight whose loss is the sum of those of all its classes.

    That is exact for losses that are linear in the target, as cross-entropies are.

    Args:
        labels: `[B, C]`, adding up to 1.
        class_weights: `[C]`.

    Returns:
        `[B, C]`, adding up to 1, and `[B]`.
    """
    parts = labels * class_weights
    weight = ops.sum(parts, axis=-1)
    return parts / weight[:, None], weight


def ramped(steps: Tensor, ramp_steps: float) -> Tensor:
    """Share of the weight after so many steps: from 0 to 1 on a straight line."""
    if ramp_steps == 0:
        return ops.ones(())
    return ops.minimum(ops.cast(steps, "float32") / ramp_steps, 1.0)


def _one_by_one(inputs: dict[str, Tensor], name: str, copies: int) -> Tensor:
    """The unlabelled samples' input for each of their copies, `[B * copies, ...]`."""
    theirs = inputs[f"unlabelled_{name}"]
    if name == "covariates":
        return ops.repeat(theirs, copies, axis=0)
    return ops.reshape(theirs, (-1, *theirs.shape[2:]))


def _or_alone(inputs: dict[str, Tensor]):
    """The inputs by name, or the volume as the only one."""
    return inputs if len(inputs) > 1 else inputs["volume"]


def _without_guesses(targets: dict[str, Tensor]) -> dict[str, Tensor]:
    return {head: target for head, target in targets.items() if head != _GUESSES}


def _labelled(outputs: dict[str, Tensor], targets: dict[str, Tensor]):
    """Of each head the outputs for the labelled samples, which come first."""
    number = ops.shape(targets[MAIN_HEAD])[0]
    return {head: output[:number] for head, output in outputs.items()}
