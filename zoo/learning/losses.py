"""The losses of a classifier's heads, and what a class weighs in them."""

from collections.abc import Iterable, Sequence

import keras
import numpy as np

MAIN_HEAD = "logits"


def losses(heads: Iterable[str]) -> dict[str, keras.losses.Loss]:
    """Categorical cross-entropy on the logits of every head, `[B, K]`, one-hot."""
    return {
        head: keras.losses.CategoricalCrossentropy(from_logits=True) for head in heads
    }


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
