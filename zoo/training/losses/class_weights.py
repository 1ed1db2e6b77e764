"""What the values of a target weigh in its loss."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from zoo.targets.target_output import TargetOutput
from zoo.training.losses.losses import MAIN_HEAD


@dataclass(frozen=True, kw_only=True, eq=False)
class WeightedOutput:
    """A target, and what its values weigh in the loss.

    Args:
        weights: of a sample of each class `[K]`; of labels, of their absence and of
            their presence `[L, 2]`; of numbers `[T]`. What is not known weighs 0.
        share: what the loss of the target weighs beside those of others.
    """

    target_output: TargetOutput
    weights: np.ndarray
    share: float = 1.0


def weighed(
    target_output: TargetOutput,
    values: np.ndarray,
    class_weights: str,
    share: float = 1.0,
) -> WeightedOutput:
    """The weights of a target, such that the mean weight of a training sample is 1.

    So a target that few samples know counts no less in all than one that all know.
    `"balanced"` makes every class, of labels presence and absence, weigh the same in
    all (King and Zeng, Logistic Regression in Rare Events Data, 2001).

    Args:
        values: of the training samples: `[N, numbers of the target]`, NaN = not known.
        class_weights: `"none"` or `"balanced"`; of no account for numbers.
        share: of the result.
    """
    values = np.asarray(values, np.float64)
    if target_output.kind == "regression":
        known = np.sum(~np.isnan(values), axis=0)
        weights = (len(values) / known).astype(np.float32)
    elif target_output.kind == "multilabel":
        weights = np.stack([_classes(one, 2, class_weights) for one in values.T])
    else:
        weights = _classes(
            values[:, 0], len(target_output.target.classes), class_weights
        )
    return WeightedOutput(target_output=target_output, weights=weights, share=share)


def _classes(labels: np.ndarray, classes: int, class_weights: str) -> np.ndarray:
    """`[K]` float32; a class that training has not weighs nothing."""
    known = labels[~np.isnan(labels)].astype(np.int64)
    counts = np.bincount(known, minlength=classes)
    if class_weights == "none":
        return np.full(classes, len(labels) / len(known), np.float32)
    weights = np.zeros(classes)
    np.divide(len(labels), classes * counts, out=weights, where=counts > 0)
    return weights.astype(np.float32)


def of_heads(
    heads: Iterable[str], weighted_outputs: Sequence[WeightedOutput]
) -> dict[str, WeightedOutput]:
    """What each output of the model learns; auxiliary heads the main target."""
    by_name = {MAIN_HEAD + one.target_output.suffix: one for one in weighted_outputs}
    return {head: by_name.get(head, weighted_outputs[0]) for head in heads}


def loss_weights(
    heads: Mapping[str, WeightedOutput], auxiliary_weight: float
) -> dict[str, float]:
    """The share of each head's target, times `auxiliary_weight` if auxiliary."""
    return {
        head: one.share * (1 if head.startswith(MAIN_HEAD) else auxiliary_weight)
        for head, one in heads.items()
    }
