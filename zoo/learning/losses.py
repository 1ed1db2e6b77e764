"""The losses of a classifier's heads, and what a class weighs in them."""

from collections.abc import Iterable, Sequence

import keras
import numpy as np
from keras import ops

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


def losses(
    heads: Iterable[str], *, label_smoothing: float = 0.0, focal_gamma: float = 0.0
) -> dict[str, keras.losses.Loss]:
    """The loss of every head, of targets that add up to 1 and logits, `[B, K]` each.

    Args:
        label_smoothing: share of a target spread evenly over the K classes.
        focal_gamma: 0 = cross-entropy.
    """
    if focal_gamma:
        loss = Focal(focal_gamma, label_smoothing)
    else:
        loss = keras.losses.CategoricalCrossentropy(
            from_logits=True, label_smoothing=label_smoothing
        )
    return {head: loss for head in heads}


def loss_weights(heads: Iterable[str], auxiliary_weight: float) -> dict[str, float]:
    """1 for the main head, `auxiliary_weight` for every other."""
    return {head: 1.0 if head == MAIN_HEAD else auxiliary_weight for head in heads}


def class_weights(kind: str, counts: Sequence[int]) -> np.ndarray:
    """What a sample of each class weighs in the training loss, `[K]` float32.

    `"balanced"` is `N / (K * count)`, so that the mean weight of a sample is 1
    (King and Zeng, Logistic Regression in Rare Events Data, 2001).

    Args:
        kind: `"none"` or `"balanced"`.
        counts: training samples of every class, each at least 1.
    """
    counts = np.asarray(counts, dtype=np.float64)
    if kind == "none":
        return np.ones(len(counts), np.float32)
    return (counts.sum() / (len(counts) * counts)).astype(np.float32)


def cross_entropy(labels: np.ndarray, logits: np.ndarray) -> float:
    """Mean of `-log softmax(logits)[label]`; labels `[N]`, logits `[N, K]`."""
    logits = np.asarray(logits, np.float64)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1))
    return float(np.mean(log_sum - shifted[np.arange(len(labels)), labels]))
