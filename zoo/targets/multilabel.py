"""Labels that a sample has or has not, each of its own."""

import numpy as np

from zoo.targets.kind import Outputs, TargetKind


def logit(shares: np.ndarray) -> np.ndarray:
    """`log(p / (1 - p))`, finite."""
    tiny = np.finfo(np.float64).tiny
    return np.log(np.maximum(shares, tiny)) - np.log(np.maximum(1 - shares, tiny))


def average_logits(outputs: Outputs) -> Outputs:
    """Those of the mean probability, whose sigmoid gives it back."""
    return {**outputs, "logit": logit(outputs["prob"])}


MULTILABEL = TargetKind(
    name="multilabel",
    outputs={"prob": "probabilities", "logit": "logits"},
    average_logits=average_logits,
)
