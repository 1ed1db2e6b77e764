"""What an epoch is worth on the validation split: losses, scores of the main target."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from zoo.evaluation.metrics import classification as classification_metrics
from zoo.targets.target_output import TargetOutput
from zoo.training.loop.inference import Answers
from zoo.training.losses.losses import cross_entropy


def scores(
    answers: Answers, target_output: TargetOutput, regression_loss: str = "mse"
) -> dict[str, float]:
    """Each under its name in the history.

    `val_loss` everywhere; `val_accuracy` and `val_auc` of classes, of labels over all
    that are known (the AUC is the mean over the labels that the split has both with
    and without); of numbers `val_mae`, in the units of the data set, and `val_r2`,
    each the mean over the columns.
    """
    target, outputs = _own(answers, target_output)
    found = {"val_loss": _loss(target, outputs, target_output, regression_loss)}
    if target_output.kind == "regression":
        return found | _of_numbers(target, outputs["predictions"])
    logits = np.asarray(outputs["logits"], np.float64)
    if target_output.kind == "multilabel":
        return found | _of_labels(target, logits)
    labels = target[:, 0].astype(np.int64)
    return found | {
        "val_accuracy": float(np.mean(np.argmax(logits, axis=1) == labels)),
        "val_auc": float(classification_metrics.auc(labels, outputs["probabilities"])),
    }


def further_losses(
    answers: Answers, target_outputs: Sequence[TargetOutput], regression_loss: str
) -> Iterator[tuple[TargetOutput, float]]:
    """Each target that some sample knows, and its loss over what is known of it."""
    for target_output in target_outputs:
        target, outputs = _own(answers, target_output)
        known = ~np.isnan(target).all(axis=1)
        if known.any():
            outputs = {name: values[known] for name, values in outputs.items()}
            yield (
                target_output,
                _loss(target[known], outputs, target_output, regression_loss),
            )


def _own(
    answers: Answers, target_output: TargetOutput
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The numbers of a target, `[N, R]`, and what is answered, without its suffix."""
    target = answers.target[
        :, target_output.offset : target_output.offset + target_output.target.size
    ]
    names = ("logits", "probabilities", "predictions")
    own = {name: name + target_output.suffix for name in names}
    outputs = answers.outputs
    return target, {
        name: outputs[full] for name, full in own.items() if full in outputs
    }


def _loss(
    target: np.ndarray,
    outputs: Mapping[str, np.ndarray],
    target_output: TargetOutput,
    regression_loss: str,
) -> float:
    """The mean over what is known; of numbers, over the columns, the mean of theirs."""
    if target_output.kind == "regression":
        return _numbers_loss(
            target, outputs["predictions"], target_output, regression_loss
        )
    logits = np.asarray(outputs["logits"], np.float64)
    if target_output.kind == "multilabel":
        losses = np.logaddexp(0, np.where(target == 1, -logits, logits))
        return float(losses[~np.isnan(target)].mean())
    loss = cross_entropy if target_output.kind == "classification" else steps_loss
    return loss(target[:, 0].astype(np.int64), logits)


def steps_loss(labels: np.ndarray, logits: np.ndarray) -> float:
    """The mean of `StepsLoss`; labels `[N]`, logarithms of probabilities `[N, K]`."""
    below = np.logaddexp.accumulate(logits, axis=1)[:, :-1]
    above = np.logaddexp.accumulate(logits[:, ::-1], axis=1)[:, ::-1][:, 1:]
    passed = labels[:, None] > np.arange(logits.shape[1] - 1)
    return float(-np.where(passed, above, below).sum(axis=1).mean())


def _of_labels(target: np.ndarray, logits: np.ndarray) -> dict[str, float]:
    known = ~np.isnan(target)
    present = target == 1
    areas = []
    for column in range(target.shape[1]):
        rows = known[:, column]
        both = np.stack([-logits[rows, column], logits[rows, column]], axis=1)
        areas.append(
            classification_metrics.class_auc(present[rows, column].astype(int), both, 1)
        )
    areas = np.array(areas)
    return {
        "val_accuracy": float(np.mean((logits > 0)[known] == present[known])),
        "val_auc": float(np.mean(areas[~np.isnan(areas)])),
    }


def _numbers_loss(
    target: np.ndarray,
    predictions: np.ndarray,
    target_output: TargetOutput,
    regression_loss: str,
) -> float:
    """Of the standardised numbers, over the columns that some sample knows."""
    errors = np.abs(predictions - target) / target_output.deviations
    losses = errors**2
    if regression_loss == "huber":
        losses = np.where(errors <= 1, losses / 2, errors - 0.5)
    known = ~np.isnan(target)
    columns = np.flatnonzero(known.any(axis=0))
    return float(np.mean([losses[known[:, c], c].mean() for c in columns]))


def _of_numbers(target: np.ndarray, predictions: np.ndarray) -> dict[str, float]:
    """Means over the columns, of each over the samples that know it."""
    sizes, explained = [], []
    for truth, found in zip(target.T, np.asarray(predictions, np.float64).T):
        known = ~np.isnan(truth)
        errors = found[known] - truth[known]
        sizes.append(np.abs(errors).mean())
        spread = np.sum((truth[known] - truth[known].mean()) ** 2)
        explained.append(1 - np.sum(errors**2) / spread if spread > 0 else np.nan)
    return {"val_mae": float(np.mean(sizes)), "val_r2": float(np.mean(explained))}
