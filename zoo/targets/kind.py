"""What a kind of target is: one value, with all that differs from kind to kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

Outputs = Mapping[str, np.ndarray]


def nothing_follows(outputs: Outputs) -> Outputs:
    """Averaged outputs as they are, for a kind without logits."""
    return outputs


@dataclass(frozen=True, kw_only=True)
class TargetKind:
    """A kind of target.

    Args:
        name: as a task file words it.
        single_label: whether a sample has one of the classes and no other: its truth is
            a class index (column `label` of a file), else one number per name (columns
            `target:<name>`).
        ordered: whether its classes are, from the lowest to the highest.
        outputs: by the word in the columns of a file the name of the model's output.
        average_logits: averaged outputs, by word, to the same with the logits that
            follow from the mean probabilities, if the kind has any.
    """

    name: str
    single_label: bool = False
    ordered: bool = False
    outputs: Mapping[str, str]
    average_logits: Callable[[Outputs], Outputs] = nothing_follows
