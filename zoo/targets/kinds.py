"""Every kind of target there is, by its name in a task file."""

from zoo.targets.classification import CLASSIFICATION
from zoo.targets.kind import TargetKind
from zoo.targets.multilabel import MULTILABEL
from zoo.targets.ordinal import ORDINAL
from zoo.targets.regression import REGRESSION

TARGET_KINDS: dict[str, TargetKind] = {
    "classification": CLASSIFICATION,
    "multilabel": MULTILABEL,
    "ordinal": ORDINAL,
    "regression": REGRESSION,
}
