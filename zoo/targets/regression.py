"""Numbers, learned in units of their deviation in the training split."""

from zoo.targets.kind import TargetKind

REGRESSION = TargetKind(name="regression", outputs={"pred": "predictions"})
