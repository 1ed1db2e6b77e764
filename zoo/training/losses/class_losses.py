"""The losses of classes that exclude each other."""

import keras
from keras import ops


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
