"""Labels that a rounding decides: where two outputs are equal up to the tolerance."""

from collections.abc import Sequence

import numpy as np

from zoo.serving.exporting.difference import Answers
from zoo.targets.target_output import TargetOutput

_HALF = 0.5  # a label of many holds from this probability on


def without(
    answers: Answers, target_outputs: Sequence[TargetOutput], tolerance: float
) -> dict[str, np.ndarray]:
    """The answers with none in the place of each label that may as well be another.

    Each probability p may differ by `tolerance * (1 + p)`, for the tolerance is
    absolute and relative. The two largest may change places if they lie within the sum
    of both; of several labels each may be another if its probability is as near to .5.

    Args:
        answers: by name, `[N, ...]`.
        tolerance: of probabilities.
    """
    held = dict(answers)
    for target_output in target_outputs:
        name = f"label{target_output.suffix}"
        if name not in held:
            continue
        probabilities = np.asarray(held[target_output.shown_output])
        if target_output.kind.binary:
            near = np.abs(probabilities - _HALF) <= tolerance * (1 + probabilities)
        else:
            second, first = np.sort(probabilities, axis=1)[:, -2:].T
            near = first - second <= tolerance * (2 + first + second)
        labels = np.asarray(held[name]).astype(object)
        labels[near] = None
        held[name] = labels
    return held
