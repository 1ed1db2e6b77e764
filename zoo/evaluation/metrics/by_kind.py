"""The metrics of every kind of target, by its name."""

from collections.abc import Callable, Mapping

import numpy as np

from zoo.evaluation.metrics import classification

Outputs = Mapping[str, np.ndarray]


def _of_classes(truth: np.ndarray, outputs: Outputs) -> dict[str, float]:
    logits = np.asarray(outputs["logits"], np.float64)
    labels = truth[:, 0].astype(np.int64)
    return {
        "val_accuracy": float(np.mean(np.argmax(logits, axis=1) == labels)),
        "val_auc": float(classification.auc(labels, outputs["probabilities"])),
    }


def _of_labels(truth: np.ndarray, outputs: Outputs) -> dict[str, float]:
    logits = np.asarray(outputs["logits"], np.float64)
    known, present = ~np.isnan(truth), truth == 1
    areas = []
    for column in range(truth.shape[1]):
        rows = known[:, column]
        both = np.stack([-logits[rows, column], logits[rows, column]], axis=1)
        areas.append(
            classification.class_auc(present[rows, column].astype(int), both, 1)
        )
    areas = np.array(areas)
    return {
        "val_accuracy": float(np.mean((logits > 0)[known] == present[known])),
        "val_auc": float(np.mean(areas[~np.isnan(areas)])),
    }


def _of_numbers(truth: np.ndarray, outputs: Outputs) -> dict[str, float]:
    sizes, explained = [], []
    for true, predicted in zip(truth.T, np.asarray(outputs["predictions"], float).T):
        known = ~np.isnan(true)
        errors = predicted[known] - true[known]
        sizes.append(np.abs(errors).mean())
        spread = np.sum((true[known] - true[known].mean()) ** 2)
        explained.append(1 - np.sum(errors**2) / spread if spread > 0 else np.nan)
    return {"val_mae": float(np.mean(sizes)), "val_r2": float(np.mean(explained))}


VALIDATION_SCORES: dict[str, Callable[[np.ndarray, Outputs], dict[str, float]]] = {
    "classification": _of_classes,
    "ordinal": _of_classes,
    "multilabel": _of_labels,
    "regression": _of_numbers,
}
