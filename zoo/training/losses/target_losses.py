"""The losses of targets that are no classes which exclude each other.

Of labels and numbers each column has a loss and a weight of its own, so that what is
not known weighs nothing.
"""

import keras
from keras import ops


class LabelsLoss(keras.losses.Loss):
    """Binary cross-entropy of every label, also focal (Lin et al., 2017).

    `-y (1 - p)^gamma log p - (1 - y) p^gamma log(1 - p)` with `p = sigmoid(logit)`;
    linear in the target.

    Args:
        gamma: 0 = cross-entropy.
        label_smoothing: s; the target y becomes (1 - s) * y + s / 2.
    """

    def __init__(self, gamma: float = 0.0, label_smoothing: float = 0.0):
        super().__init__(name="labels")
        self._gamma = gamma
        self._label_smoothing = label_smoothing

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor):  # noqa: ANN201
        """Targets and logits `[B, L]` to `[B, L]`."""
        share = self._label_smoothing
        target = (1 - share) * y_true + share / 2
        present = target * ops.log_sigmoid(y_pred)
        absent = (1 - target) * ops.log_sigmoid(-y_pred)
        if self._gamma:
            present *= _unsure(-y_pred) ** self._gamma
            absent *= _unsure(y_pred) ** self._gamma
        return -(present + absent)


class StepsLoss(keras.losses.Loss):
    """The loss of CORAL (Cao, Mirjalili and Raschka, 2020, equation 4).

    The binary cross-entropies of all steps, "is it above class k?", added up.
    """

    def __init__(self):
        super().__init__(name="steps")

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor):  # noqa: ANN201
        """Targets and logits `[B, K - 1]` to `[B]`."""
        yes = y_true * ops.log_sigmoid(y_pred)
        return -ops.sum(yes + (1 - y_true) * ops.log_sigmoid(-y_pred), axis=-1)


class SquaredLoss(keras.losses.Loss):
    """The squared error of every number."""

    def __init__(self):
        super().__init__(name="squared")

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor):  # noqa: ANN201
        """Standardised numbers `[B, T]` to `[B, T]`."""
        return ops.square(y_true - y_pred)


class HuberLoss(keras.losses.Loss):
    """The error of every number: squared near 0, linear beyond 1 (Huber, 1964).

    `e^2 / 2` up to one standard deviation of the target, then `|e| - 1/2`: outliers
    pull less.
    """

    def __init__(self):
        super().__init__(name="huber")

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor):  # noqa: ANN201
        """Standardised numbers `[B, T]` to `[B, T]`."""
        size = ops.abs(y_true - y_pred)
        return ops.where(size <= 1, 0.5 * ops.square(size), size - 0.5)


def _unsure(logits: keras.KerasTensor) -> keras.KerasTensor:
    """`sigmoid`, not to 0, where the slope of a power below 1 is infinite."""
    return ops.maximum(ops.sigmoid(logits), keras.config.epsilon())
