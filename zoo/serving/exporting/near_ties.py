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

    Two probabilities p and q may change places if they lie within what both may differ
    by: `tolerance * (2 + p + q)`, for the tolerance is absolute and relative.

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
            near = _near(probabilities, np.full_like(probabilities, _HALF), tolerance)
        else:
            ordered = np.sort(probabilities, axis=1)
            near = _near(ordered[:, -1], ordered[:, -2], tolerance)
        labels = np.asarray(held[name]).astype(object)
        labels[near] = None
        held[name] = labels
    return held


def _near(first: np.ndarray, second: np.ndarray, tolerance: float) -> np.ndarray:
    return np.abs(first - second) <= tolerance * (2 + first + second)
