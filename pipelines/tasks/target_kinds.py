"""What labels.csv, splitting and inspection want to know of every kind of target."""

from collections.abc import Callable
from dataclasses import dataclass


def _any_number(number: float) -> bool:
    return True


def _zero_or_one(number: float) -> bool:
    return number in (0.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class LabelKind:
    """How a kind of target stands in labels.csv, and what its values are.

    Args:
        single_label: whether one column holds one of the classes by its name; else
            every column holds numbers.
        ordered: whether the classes are, from the lowest to the highest.
        has_classes: whether values are classes, or labels that a sample has or has not,
            which are counted; else they are numbers, which have a mean and a range.
        accepts: whether a column may hold this number.
        wanted: what it accepts, in words.
    """

    single_label: bool = False
    ordered: bool = False
    has_classes: bool = False
    accepts: Callable[[float], bool] = _any_number
    wanted: str = "a number"


LABEL_KINDS: dict[str, LabelKind] = {
    "classification": LabelKind(single_label=True, has_classes=True),
    "multilabel": LabelKind(has_classes=True, accepts=_zero_or_one, wanted="0 or 1"),
    "ordinal": LabelKind(single_label=True, ordered=True, has_classes=True),
    "regression": LabelKind(),
}
