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

    So a target that few samples know counts no less in all than one that all know. How
    `class_weights` counts is the kind's, see `zoo.targets.value_weights`.

    Args:
        values: of the training samples: `[N, numbers of the target]`, NaN = not known.
        class_weights: `"none"` or `"balanced"`; of no account for numbers.
        share: of the result.
    """
    weights = target_output.kind.value_weights(
        np.asarray(values, np.float64), target_output.target, class_weights
    )
    return WeightedOutput(target_output=target_output, weights=weights, share=share)


def of_heads(
    heads: Iterable[str], weighted_outputs: Sequence[WeightedOutput]
) -> dict[str, WeightedOutput]:
    """What each output of the model learns; auxiliary heads the main target."""
    by_name = {
        MAIN_HEAD + weighted.target_output.suffix: weighted
        for weighted in weighted_outputs
    }
    return {head: by_name.get(head, weighted_outputs[0]) for head in heads}


def loss_weights(
    heads: Mapping[str, WeightedOutput], auxiliary_weight: float
) -> dict[str, float]:
    """The share of each head's target, times `auxiliary_weight` if auxiliary."""
    return {
        head: weighted.share * (1 if head.startswith(MAIN_HEAD) else auxiliary_weight)
        for head, weighted in heads.items()
    }
