"""What the values of a target weigh in its loss, by how often training has them.

Such that the mean weight of a training sample is 1. `"balanced"` makes every class, of
labels presence and absence, weigh the same in all (King and Zeng, Logistic Regression
in Rare Events Data, 2001). `values` are `[N, R]`, NaN = not known.
"""

import numpy as np

from pipelines.tasks.target import Target


def of_classes(values: np.ndarray, target: Target, class_weights: str) -> np.ndarray:
    """Of a sample of each class, `[K]` float32."""
    return _of_labels(values[:, 0], len(target.classes), class_weights)


def of_labels(values: np.ndarray, target: Target, class_weights: str) -> np.ndarray:
    """Of each label's absence and presence, `[L, 2]` float32."""
    return np.stack([_of_labels(column, 2, class_weights) for column in values.T])


def of_numbers(values: np.ndarray, target: Target, class_weights: str) -> np.ndarray:
    """Of each column, `[T]` float32; class weights are of no account."""
    known = np.sum(~np.isnan(values), axis=0)
    return (len(values) / known).astype(np.float32)


def _of_labels(labels: np.ndarray, classes: int, class_weights: str) -> np.ndarray:
    """`[K]` float32; a class that training has not weighs nothing."""
    known = labels[~np.isnan(labels)].astype(np.int64)
    counts = np.bincount(known, minlength=classes)
    if class_weights == "none":
        return np.full(classes, len(labels) / len(known), np.float32)
    weights = np.zeros(classes)
    np.divide(len(labels), classes * counts, out=weights, where=counts > 0)
    return weights.astype(np.float32)
