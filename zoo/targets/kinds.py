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


def able(setting: str) -> list[str]:
    """Names of the kinds that can follow a setting of a recipe."""
    return [name for name, kind in TARGET_KINDS.items() if setting in kind.settings]
