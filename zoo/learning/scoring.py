"""What an epoch is worth on the validation split: loss and scores of the main aim."""

import numpy as np

from zoo.aims import Aim
from zoo.evidence import metrics
from zoo.learning.inference import Answers
from zoo.learning.losses import cross_entropy


def scores(
    answers: Answers, aim: Aim, regression_loss: str = "mse"
) -> dict[str, float]:
    """Each under its name in the history.

    `val_loss` everywhere; `val_accuracy` and `val_auc` of classes, of labels over all
    that are known (the AUC is the mean over the labels that the split has both with
    and without); of numbers `val_mae`, in the units of the data set, and `val_r2`,
    each the mean over the columns.
    """
    target = answers.target[:, aim.place : aim.place + aim.target.size]
    if aim.kind == "regression":
        return _of_numbers(target, answers.outputs["predictions"], aim, regression_loss)
    logits = np.asarray(answers.outputs["logits"], np.float64)
    if aim.kind == "multilabel":
        return _of_labels(target, logits)
    labels = target[:, 0].astype(np.int64)
    loss = cross_entropy if aim.kind == "classification" else steps_loss
    return {
        "val_loss": loss(labels, logits),
        "val_accuracy": float(np.mean(np.argmax(logits, axis=1) == labels)),
        "val_auc": float(metrics.auc(labels, answers.outputs["probabilities"])),
    }


def steps_loss(labels: np.ndarray, logits: np.ndarray) -> float:
    """The mean of `StepsLoss`; labels `[N]`, logarithms of probabilities `[N, K]`."""
    below = np.logaddexp.accumulate(logits, axis=1)[:, :-1]
    above = np.logaddexp.accumulate(logits[:, ::-1], axis=1)[:, ::-1][:, 1:]
    passed = labels[:, None] > np.arange(logits.shape[1] - 1)
    return float(-np.where(passed, above, below).sum(axis=1).mean())


def _of_labels(target: np.ndarray, logits: np.ndarray) -> dict[str, float]:
    known = ~np.isnan(target)
    present = target == 1
    losses = np.logaddexp(0, np.where(present, -logits, logits))
    areas = []
    for column in range(target.shape[1]):
        rows = known[:, column]
        both = np.stack([-logits[rows, column], logits[rows, column]], axis=1)
        areas.append(metrics.class_auc(present[rows, column].astype(int), both, 1))
    areas = np.array(areas)
    return {
        "val_loss": float(losses[known].mean()),
        "val_accuracy": float(np.mean((logits > 0)[known] == present[known])),
        "val_auc": float(np.mean(areas[~np.isnan(areas)])),
    }


def _of_numbers(
    target: np.ndarray, predictions: np.ndarray, aim: Aim, regression_loss: str
) -> dict[str, float]:
    """Means over the columns, of each over the samples that know it."""
    losses, sizes, explained = [], [], []
    columns = zip(target.T, np.asarray(predictions, np.float64).T, aim.deviations)
    for truth, found, deviation in columns:
        known = ~np.isnan(truth)
        errors = found[known] - truth[known]
        each = np.abs(errors / deviation)
        squared = each**2
        if regression_loss == "huber":
            squared = np.where(each <= 1, squared / 2, each - 0.5)
        losses.append(squared.mean())
        sizes.append(np.abs(errors).mean())
        spread = np.sum((truth[known] - truth[known].mean()) ** 2)
        explained.append(1 - np.sum(errors**2) / spread if spread > 0 else np.nan)
    return {
        "val_loss": float(np.mean(losses)),
        "val_mae": float(np.mean(sizes)),
        "val_r2": float(np.mean(explained)),
    }
