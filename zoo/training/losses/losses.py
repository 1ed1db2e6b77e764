"""The loss of every kind of target, and that of classes."""

from collections.abc import Sequence

import keras
import numpy as np
from keras import ops

from pipelines.errors import UsageError
from zoo.recipes.optimisation import Optimisation
from zoo.targets.target_output import TargetOutput
from zoo.training.losses.target_losses import (
    HuberLoss,
    LabelsLoss,
    SquaredLoss,
    StepsLoss,
)

MAIN_HEAD = "logits"


class Focal(keras.losses.Loss):
    """Focal loss of classes that exclude each other (Lin et al., 2017, section 3).

    `sum over k of -y_k * (1 - p_k)^gamma * log p_k` with `p = softmax(logits)`; gamma
    0 is cross-entropy. Linear in the target, so smoothed and mixed ones keep their
    meaning. Like the paper's comparison of gammas it has no weight per class (their
    alpha): class weights are the recipe's own affair.

    Args:
        gamma: 0 or more.
        label_smoothing: s; the target y becomes (1 - s) * y + s / K.
    """

    def __init__(self, gamma: float, label_smoothing: float):
        super().__init__(name="focal")
        self._gamma = gamma
        self._label_smoothing = label_smoothing

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor):  # noqa: ANN201
        """Targets and logits `[B, K]` to `[B]`."""
        share = self._label_smoothing
        target = (1 - share) * y_true + share / y_true.shape[-1]
        log_p = ops.log_softmax(y_pred, axis=-1)
        # Not to 0, where the slope of a power below 1 is infinite.
        unsure = ops.maximum(1 - ops.exp(log_p), keras.config.epsilon())
        return -ops.sum(target * unsure**self._gamma * log_p, axis=-1)


def class_loss(
    *, label_smoothing: float = 0.0, focal_gamma: float = 0.0
) -> keras.losses.Loss:
    """The loss of targets that add up to 1 and of logits, `[B, K]` each.

    Args:
        label_smoothing: share of a target spread evenly over the K classes.
        focal_gamma: 0 = cross-entropy.
    """
    if focal_gamma:
        return Focal(focal_gamma, label_smoothing)
    return keras.losses.CategoricalCrossentropy(
        from_logits=True, label_smoothing=label_smoothing
    )


def loss_of(
    target_output: TargetOutput, optimisation: Optimisation
) -> keras.losses.Loss:
    """What a target is learned by, of one number for each that its last layer gives."""
    gamma, share = optimisation.focal_gamma, optimisation.label_smoothing
    if target_output.kind == "ordinal":
        return StepsLoss()
    if target_output.kind == "multilabel":
        return LabelsLoss(gamma, share)
    if target_output.kind == "regression":
        huber = optimisation.regression_loss == "huber"
        return HuberLoss() if huber else SquaredLoss()
    return class_loss(label_smoothing=share, focal_gamma=gamma)


def check(target_outputs: Sequence[TargetOutput], optimisation: Optimisation) -> None:
    """Raises a UsageError for a setting that no target of the task can follow.

    Args:
        targets: the main one first.
    """
    kinds = [target_output.kind for target_output in target_outputs]
    wanted = {
        "label_smoothing": ("classification", "multilabel"),
        "focal_gamma": ("classification", "multilabel"),
        "class_weights": ("classification", "multilabel", "ordinal"),
        "regression_loss": ("regression",),
    }
    for name, able in wanted.items():
        changed = getattr(optimisation, name) != getattr(Optimisation(), name)
        if changed and not {*able} & {*kinds}:
            raise UsageError(
                f"optimisation.{name} is for targets of kind {', '.join(able)}. "
                f"Received: {', '.join(kinds)}. Leave it out"
            )
    if optimisation.balance and not target_outputs[0].target.is_single_label:
        raise UsageError(
            "optimisation.balance shares out the classes of the main target. Received: "
            f"one of kind {kinds[0]}. Leave it out"
        )
    if len(optimisation.target_weights) not in (0, len(kinds)):
        raise UsageError(
            "optimisation.target_weights wants one weight for each target. Received: "
            f"{len(optimisation.target_weights)} for {len(kinds)}"
        )


def cross_entropy(labels: np.ndarray, logits: np.ndarray) -> float:
    """Mean of `-log softmax(logits)[label]`; labels `[N]`, logits `[N, K]`."""
    logits = np.asarray(logits, np.float64)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1))
    return float(np.mean(log_sum - shifted[np.arange(len(labels)), labels]))
