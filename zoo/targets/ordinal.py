"""One of several classes from the lowest to the highest (grades)."""

from zoo.targets import classification
from zoo.targets.kind import TargetKind

ORDINAL = TargetKind(
    name="ordinal",
    single_label=True,
    ordered=True,
    outputs=classification.OUTPUTS,
    average_logits=classification.average_logits,
)
