"""One of several classes that exclude each other, in no order."""

import numpy as np

from zoo.targets.kind import Outputs, TargetKind

OUTPUTS = {"prob": "probabilities", "logit": "logits"}


def average_logits(outputs: Outputs) -> Outputs:
    """The logits are the logarithm of the mean, so their softmax gives it back."""
    tiny = np.finfo(np.float64).tiny
    return {**outputs, "logit": np.log(np.maximum(outputs["prob"], tiny))}


CLASSIFICATION = TargetKind(
    name="classification",
    single_label=True,
    outputs=OUTPUTS,
    average_logits=average_logits,
)
